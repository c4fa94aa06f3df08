"""Figures for managers: a day's, and the queue's."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.model.figures import DayFigures, Queue


class Figures(Protocol):
    """Cheap enough to ask whenever somebody looks: only what is new is read."""

    async def today(self, now: datetime) -> DayFigures:
        """Return the figures of the day that it is at `now`, where people work.

        What began before yesterday is not known, and counts in no time.

        Raises:
            StoreUnavailable: the events cannot be read now.
        """
        ...

    async def queue(self) -> Queue:
        """Return how many cases wait for whom. Raises likewise."""
        ...
