"""What Redis can hold of a text."""

from __future__ import annotations


def whole(text: str) -> str:
    """Join surrogate pairs; half of one becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
