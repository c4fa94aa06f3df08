"""What a day came to and what lies there now, as managers count it. Counts and times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.model.event import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """One day, counted from the events.

    `outcomes` are those of the messages that came that day: they add up to these. The
    four times are medians of what was sent that day; None where there was none. The
    acknowledgement is no answer. `first_answers` had a first answer by a person, `late`
    of them came late. Customers gave `stars` in all with so many `ratings`.
    """

    day: date
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    opened: int = 0
    resolved: int = 0
    reopened: int = 0
    first_answers: int = 0
    ratings: int = 0
    stars: int = 0
    late: int = 0
    acknowledgement: timedelta | None = None
    automatic_answer: timedelta | None = None
    first_human_answer: timedelta | None = None
    first_useful_answer: timedelta | None = None

    @property
    def rating(self) -> float | None:
        """Stars ÷ ratings; None if nobody rated anything."""
        return self.stars / self.ratings if self.ratings else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How much work lies there now."""

    unclaimed: int
    claimed: int
    waiting: int
    oldest_unclaimed: datetime | None = None
