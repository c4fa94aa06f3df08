"""Moves old events to files now and then."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.log import Log
from bot.ports import Archive

EVERY = timedelta(seconds=30)


class Archivist:
    """Looks at each shard's stream in turn; any number of processes may do so."""

    def __init__(self, archive: Archive, *, clock: Clock, log: Log) -> None:
        self._archive, self._clock, self._log = archive, clock, log
        self._next: datetime | None = None

    async def step(self) -> int:
        """Move what is due, at most every 30 seconds; return how many events."""
        now = self._clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + EVERY
        moved = 0
        for shard in self._archive.shards:
            moved += await self._archive.move(shard, now=now)
        if moved:
            self._log("events_moved", count=moved)
        return moved
