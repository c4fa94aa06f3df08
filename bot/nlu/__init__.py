"""The only package that imports rasa."""
