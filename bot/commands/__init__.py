"""What the console script can do, one file a command."""
