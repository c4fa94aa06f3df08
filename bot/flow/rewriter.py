"""Has the store's files written anew, so that what was deleted leaves them, too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.flow.duty import Duty
from bot.log import Log
from bot.ports import Rewriting

REWRITE_DUTY: Final = "rewrite"
EVERY: Final = timedelta(hours=12)  # networks give us 24 to forget what was deleted
LOOK_EVERY: Final = timedelta(minutes=1)


class Rewriter:
    """One process at a time does this."""

    def __init__(
        self, rewriting: Rewriting, duty: Duty, *, clock: Clock, log: Log
    ) -> None:
        self._rewriting, self._duty = rewriting, duty
        self._clock, self._log = clock, log
        self._next: datetime | None = None

    async def step(self) -> int:
        """Have them written if it is time; return how often that was done."""
        now = self._clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + LOOK_EVERY
        if await self._duty.hold(now) is None:
            return 0
        last = await self._rewriting.rewritten_at()
        if last is not None and now - last < EVERY:
            return 0
        refused = await self._rewriting.rewrite(now=now)
        self._log("store_rewritten" if not refused else "store_not_rewritten")
        return 1
