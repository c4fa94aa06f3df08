"""Waiting for something to happen in the workspace, woken by it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

LOOK_S = 0.05


class Changes:
    """Tells those who wait that something has changed."""

    def __init__(self) -> None:
        self.count = 0
        self._woken = asyncio.Event()

    def tell(self) -> None:
        self.count += 1
        self._woken.set()
        self._woken = asyncio.Event()

    async def until(
        self, holds: Callable[[], object], *, within_s: float, what: str
    ) -> None:
        """Wait until `holds()` is true.

        Raises:
            TimeoutError: it has not become so.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + within_s
        while not holds():
            left = end - loop.time()
            if left <= 0:
                raise TimeoutError(f"after {within_s} s still not: {what}")
            # What a test waits for may also be known to the app alone.
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._woken.wait(), min(left, LOOK_S))
