"""One file a network: how its messages come in and ours go out."""
