"""Rasa custom actions: the dialogue steps that look facts up. They only read."""
