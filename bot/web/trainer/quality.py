"""How well each intent is read, as it was measured when a model was last compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.model.comparison import Comparison, LabelFigures, Measured, Source
from bot.model.example import Label

_SHOWN: Final = 3  # labels that one is mistaken for
# Messages written for this say most; unseen examples say something of every label.
_TRUSTED: Final = (Source.FROZEN, Source.CROSS_VALIDATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Figures by label, and which label was read as which other how often."""

    figures: Mapping[str, LabelFigures] = field(default_factory=dict)
    confused: tuple[tuple[str, str, int], ...] = ()
    protected: frozenset[str] = frozenset()

    def mistaken(self, label: Label) -> tuple[tuple[str, int], ...]:
        """Return as what the label's messages were read instead, most often first."""
        found = [(other, n) for right, other, n in self.confused if right == label]
        return tuple(sorted(found, key=lambda one: -one[1])[:_SHOWN])


def quality_of(comparison: Comparison | None) -> Quality:
    """Return what a comparison says of the model that it was made for."""
    if comparison is None:
        return Quality()
    by_source = {measured.source: measured for measured in comparison.measured}
    measured = [by_source[source] for source in _TRUSTED if source in by_source]
    if not measured:
        return Quality()
    return Quality(
        figures=_figures(measured),
        confused=measured[0].after.curves.confused,
        protected=frozenset(
            change.label
            for one in measured
            for change in one.labels
            if change.protected
        ),
    )


def _figures(measured: list[Measured]) -> dict[str, LabelFigures]:
    found: dict[str, LabelFigures] = {}
    for one in measured:
        for change in one.labels:
            if change.after.there:
                found.setdefault(change.label, change.after)
    return found
