"""What a loop is woken by, and which shards are then worth a look.

A ring names the shards in which something is due. A look at those alone costs a tenth
of a look at all of them; all are looked at now and then all the same, since a ring can
be lost and not everything that becomes due is rung for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.store import keys

ALL_AFTER = timedelta(milliseconds=250)  # a look at everything is due after the last
# After a look with no ring since then, nothing is looked at for so long: what there
# was has just been taken.
REST = timedelta(milliseconds=25)


class Bell:
    """Ends the pauses of the loops that do one kind of work; implements bot.ports.Bell."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._shards: set[str] = set()
        self._looked: datetime | None = None
        self._looked_at_all: datetime | None = None
        self._left = False
        self.works = False

    async def wait(self, seconds: float) -> None:
        """Wait for a ring since the last wait, but not longer than `seconds`."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except asyncio.TimeoutError:
            return
        self._rung.clear()  # before the look, which a later ring repeats

    def ring(self, shards: Iterable[str] = keys.SHARDS) -> None:
        """Say that something is due in `shards`."""
        self._shards.update(shards)
        self._rung.set()

    def leave(self) -> None:
        """Say that a look did not take all that it saw: the next one is at all shards."""
        self._left = True
        self._rung.set()  # for another loop with this bell

    def look(self, now: datetime) -> Sequence[str]:
        """Return the shards to look at, in their order; that look counts as done."""
        rung, self._shards = self._shards, set()
        if not self._all_are_due(now):
            if not rung and _within(REST, self._looked, now):
                return ()
            self._looked = now
            if rung:
                return sorted(rung)
        self._looked = self._looked_at_all = now
        self._left = False
        return keys.SHARDS

    def _all_are_due(self, now: datetime) -> bool:
        lately = _within(ALL_AFTER, self._looked_at_all, now)
        return self._left or not self.works or not lately


def _within(span: timedelta, last: datetime | None, now: datetime) -> bool:
    """Tell whether `last` was less than `span` ago; not if a clock was set back."""
    return last is not None and timedelta() <= now - last < span
