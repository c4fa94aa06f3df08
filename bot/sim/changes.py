"""Lets whoever waits know that something has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Changes:
    """Counts changes, and wakes those who wait for one.

    Args:
        look_s: how often those who wait look by themselves, where what they wait for
            may be known to others alone; None: only when told.
    """

    def __init__(self, *, look_s: float | None = None) -> None:
        self.count = 0
        self._look_s = look_s
        self._waiting: list[asyncio.Future[None]] = []

    def tell(self) -> None:
        """Say that something has changed; from the loop's own thread only."""
        self.count += 1
        waiting, self._waiting = self._waiting, []
        for news in waiting:
            if not news.done():
                news.set_result(None)

    async def until(
        self,
        holds: Callable[[], object],
        *,
        within_s: float,
        what: str = "what was waited for",
    ) -> None:
        """Wait until `holds()` is true.

        Raises:
            TimeoutError: it has not become so.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + within_s
        while not holds():
            left = ends - loop.time()
            if left <= 0:
                raise TimeoutError(f"{what}: not within {within_s} s")
            news: asyncio.Future[None] = loop.create_future()
            self._waiting.append(news)
            await asyncio.wait({news}, timeout=min(left, self._look_s or left))
