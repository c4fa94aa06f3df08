"""What an outage keeps from the store is told once it answers again.

Else what a process has in hand would wait for its leases to run out, and what it knows
of a text would have to be looked up. Each end is fenced by its lease: one that the
store has had already, or that came too late, changes nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from bot.errors import StoreUnavailable

End = Callable[[], Awaitable[None]]


class ToldLater:
    """Ends of leases, in the order in which they came to be."""

    def __init__(self) -> None:
        self._kept = deque[End]()

    async def tell(self, end: End) -> None:
        """Tell the store now, or when it answers again.

        Raises:
            StoreUnavailable: the store is away; `end` is kept.
        """
        try:
            await end()
        except StoreUnavailable:
            self.keep(end)
            raise

    def keep(self, end: End) -> None:
        """Tell it with the next `catch_up`, after what is kept already."""
        self._kept.append(end)

    async def catch_up(self) -> None:
        """Tell what is kept; what the store rejects for good is left to its lease.

        Raises:
            StoreUnavailable: the store is still away; nothing is lost.
        """
        while self._kept:
            end = self._kept.popleft()
            try:
                await end()
            except StoreUnavailable:
                self._kept.appendleft(end)
                raise
