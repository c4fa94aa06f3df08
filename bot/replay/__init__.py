"""Recorded messages through the whole first line, on their own clock."""
