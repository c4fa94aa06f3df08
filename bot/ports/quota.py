"""How often a network lets us call it: one budget for all processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.model.message import ChannelName


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` calls in any stretch of time as long as `per`.

    Windows of one channel that have the same `name` are the same: their count and
    length must agree everywhere.
    """

    name: str
    count: int
    per: timedelta

    def __post_init__(self) -> None:
        if self.count < 1 or self.per <= timedelta(0):
            raise ValueError(f"{self.name}: a window is at least one call")


class Quota(Protocol):
    """Counts calls before they are made, so that no process is refused for its rate.

    What the network itself says can only make it less.
    """

    async def take(
        self,
        channel: ChannelName,
        windows: Sequence[Window],
        *,
        now: datetime,
        units: int = 1,
    ) -> timedelta | None:
        """Take `units` from every window, or nothing from any.

        Returns:
            None if they were taken; else how long to wait before it can succeed.

        Raises:
            ValueError: more units than a window ever has.
            StoreUnavailable: nobody knows; do not call.
        """
        ...

    async def observe(
        self,
        channel: ChannelName,
        window: str,
        *,
        remaining: int,
        resets_at: datetime,
        now: datetime,
    ) -> None:
        """Keep what an answer's headers said: no more than that until `resets_at`."""
        ...

    async def left(
        self, channel: ChannelName, windows: Sequence[Window], *, now: datetime
    ) -> Mapping[str, tuple[int, datetime | None]]:
        """Return what is left of each window, and when more comes; None: it is full."""
        ...
