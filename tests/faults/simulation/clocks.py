"""Clocks of machines: each goes wrong in its own way, and jumps."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from bot.clock import ManualClock
from tests.builders import NOON

STRETCH_S = 20.0  # of a life in which its clock is wrong by the same


class WrongClock:
    """Tells the time of `right`, and then too early or too late by up to `by`.

    It is wrong by something else after each stretch, so it also goes back. `name` says
    by how much, without the chance of the run: who has it does the same as without.
    """

    def __init__(self, right: ManualClock, *, by: timedelta, name: str) -> None:
        self._right, self._by, self._name = right, by, name

    def now(self) -> datetime:
        now = self._right.now()
        stretch = int((now - NOON).total_seconds() // STRETCH_S)
        chance = random.Random(f"{self._name} {stretch}")
        return now + self._by * chance.uniform(-1, 1)

    async def sleep(self, seconds: float) -> None:
        await self._right.sleep(seconds)
