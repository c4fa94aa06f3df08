"""Networks that run on this machine: to rehearse with, and for tests."""
