"""The trainer's page: from a wrong reading to a better model."""
