"""The gate: what a new model has to pass before it may read customers' messages."""
