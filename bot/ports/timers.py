"""The timers of cases, which whatever changes a case sets with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model.work import CaseChange, DueTimer


class Timers(Protocol):
    """What is to happen to cases when time passes; set by whatever changes a case."""

    async def due(self, *, now: datetime, limit: int) -> list[DueTimer]:
        """Return up to `limit` timers of each shard whose time has come."""
        ...

    async def ring(
        self, rings: Sequence[tuple[DueTimer, CaseChange | None]], *, now: datetime
    ) -> list[bool]:
        """Let each timer make its change, or go if there is none; True where it did.

        However often and by whomever it is tried, a timer has its effect once.
        """
        ...

    async def next_due(self) -> datetime | None:
        """Return when the earliest timer is due; None if there is none."""
        ...
