"""The places where agents see cases and act on them."""
