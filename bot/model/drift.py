"""How messages are read from day to day, and what of it has moved. Counts only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.model.message import MessageId
from bot.model.review import Cause

# What is counted of a day, beside READ: messages that were read by themselves.
READ: Final = "read"
UNKNOWN: Final = "unknown"  # in many words that the model does not know
UNSURE: Final = "unsure"
ABSTAINED: Final = "abstained"  # left to people because the model did not know
LABEL: Final = "label:"  # before each label

_CAUSES: Final = {
    UNKNOWN: Cause.FITS_NOTHING,
    UNSURE: Cause.UNSURE,
    ABSTAINED: Cause.UNSURE,
}
_SAYS: Final = {
    UNKNOWN: "are in words that the model does not know",
    UNSURE: "are read unsurely",
    ABSTAINED: "go to people because the model does not know",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingDay:
    """What was counted of one day, by name; with some messages of each, the newest."""

    day: date
    counts: Mapping[str, int]
    examples: Mapping[str, tuple[MessageId, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Something that moved: its share of `messages` since `since`, and before that.

    `measure` names what was counted. `examples` are some of the messages that moved it.
    """

    measure: str
    since: date
    messages: int
    share: float
    before: float
    examples: tuple[MessageId, ...] = ()

    @property
    def label(self) -> str:
        """The label whose share moved, "" if it is none."""
        return self.measure.removeprefix(LABEL) if self.is_of_label else ""

    @property
    def is_of_label(self) -> bool:
        return self.measure.startswith(LABEL)

    @property
    def cause(self) -> Cause | None:
        """Why such messages are in the review queue; None if they need not be there."""
        return _CAUSES.get(self.measure) if self.share > self.before else None

    @property
    def says(self) -> str:
        """The sentence that people read."""
        what = _SAYS.get(self.measure) or f"are about {self.label}"
        return (
            f"{_percent(self.share)} of {self.messages:,} messages since {self.since:%d %B} "
            f"{what}; it was {_percent(self.before)} in the four weeks before."
        )


def _percent(share: float) -> str:
    return (
        f"{100 * share:.0f} %" if share >= 0.1 or not share else f"{100 * share:.1f} %"
    )
