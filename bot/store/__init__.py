"""The only package that imports redis."""
