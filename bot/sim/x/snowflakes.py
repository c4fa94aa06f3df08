"""Ids as X makes them: the moment in milliseconds, then a counter."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone

from bot.sim.x.wire import milliseconds

_EPOCH_MS = 1_288_834_974_657  # X counts from here
_COUNTER_BITS = 22


class Snowflakes:
    """Gives every id once, also for moments that lie behind."""

    def __init__(self) -> None:
        self._given: Counter[int] = Counter()

    def id(self, at: datetime) -> str:
        ms = milliseconds(at)
        number = first_of(ms) + self._given[ms]
        self._given[ms] += 1
        return str(number)


def first_of(ms: int) -> int:
    """Return the smallest id of a millisecond."""
    return max(ms - _EPOCH_MS, 0) << _COUNTER_BITS


def moment_in(snowflake: str) -> datetime:
    """Return when an id was made."""
    ms = (int(snowflake) >> _COUNTER_BITS) + _EPOCH_MS
    return datetime.fromtimestamp(ms / 1000, tz=timezone.utc)
