"""What speaks against sending something."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is stable; `says` is for the person who wrote the text."""

    code: str
    says: str
