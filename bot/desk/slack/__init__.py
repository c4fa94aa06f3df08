"""The Slack desk: cards, threads and dialogues where agents already work."""
