"""What requests and answers look like, written after X's reference pages."""
