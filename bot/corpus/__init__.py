"""The files that trainers own: examples, answers, and where each came from."""
