"""Pages: the simulator with its desk."""
