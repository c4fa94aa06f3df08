"""The knowledge base: standard answers and every other sentence the bot may say."""
