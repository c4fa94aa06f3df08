"""Lets whoever waits know that something has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LOOK_S = 0.05  # what is waited for may be known to the app alone, which tells nobody


class Changes:
    """Counts changes, and wakes those who wait for one."""

    def __init__(self) -> None:
        self.count = 0
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
            await asyncio.wait({news}, timeout=min(left, LOOK_S))
            if not news.done():  # else they would gather while nothing changes
                self._waiting.remove(news)
