"""How well a model reads each label, by examples that it was judged on unlearned."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.model.comparison import LabelFigures

_HEX: Final = 16
_SHOWN: Final = 3  # labels that one is mistaken for


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Figures of one model, none if it was not measured.

    Attributes:
        figures: by label.
        confused: (right, read as, how often), the most frequent first.
        misread: by the digest of an example's text, as what it was read instead.
    """

    figures: Mapping[str, LabelFigures] = field(default_factory=dict)
    confused: tuple[tuple[str, str, int], ...] = ()
    misread: Mapping[str, str] = field(default_factory=dict, repr=False)

    def mistaken(self, label: str) -> tuple[tuple[str, int], ...]:
        """Return as what the label's examples are read instead, most often first."""
        found = [(other, n) for right, other, n in self.confused if right == label]
        return tuple(found[:_SHOWN])

    def misread_as(self, text: str) -> str:
        """Return as what an example is read by who has not learned it; "" if right."""
        return self.misread.get(example_digest(text), "")


def example_digest(text: str) -> str:
    """Return what names an example's text, spaces around it apart."""
    said = text.strip().encode("utf-8", "surrogatepass")
    return hashlib.sha256(said).hexdigest()[:_HEX]
