"""How messages were read, day by day, as the store adds it up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from bot.model.drift import ReadingDay


class ReadingDays(Protocol):
    """Counts of each day, to which every event is added once."""

    async def cursors(self) -> tuple[dict[str, str], int]:
        """Return up to where the events were added, and the turn that did it.

        ({}, 0) before the first.
        """
        ...

    async def add(
        self,
        days: Collection[ReadingDay],
        *,
        cursors: Mapping[str, str],
        after_turn: int,
        kept_since: date,
    ) -> bool:
        """Add counts of events that reach up to `cursors`, as the turn after that one.

        Days before `kept_since` are forgotten.

        Returns:
            False if another turn came first: nothing was added. See `cursors`.
        """
        ...

    async def days(self, since: date, until: date) -> Sequence[ReadingDay]:
        """Return these days in their order, both included, as far as there are any."""
        ...
