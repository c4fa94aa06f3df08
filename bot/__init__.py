"""Firstline: the automated first line of social customer service."""
