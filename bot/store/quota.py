"""How often we may call a network, counted for all processes together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import from_ms, to_ms
from bot.model.message import ChannelName
from bot.ports.quota import Window
from bot.store import keys
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

_MS = timedelta(milliseconds=1)


class RedisQuota:
    """The `Quota` port on Redis; see lua/take_quota.lua.

    Units are never given back. A store that lost its last moments has counted less;
    what the network says in its next answer closes the gap.
    """

    def __init__(self, redis: Redis[str]) -> None:
        self._take = script(redis, "take_quota")
        self._observe = script(redis, "observe_quota")

    async def take(
        self,
        channel: ChannelName,
        windows: Sequence[Window],
        *,
        now: datetime,
        units: int = 1,
    ) -> timedelta | None:
        """Take `units` from every window, or nothing and return how long to wait."""
        if units < 1 or any(units > window.count for window in windows):
            raise ValueError(f"{units} units never fit into {list(windows)}")
        if not windows:
            return None
        wait_ms, *_ = await self._run(channel, windows, units, now=now)
        return timedelta(milliseconds=wait_ms) if wait_ms else None

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
        with reporting_outages():
            await self._observe(
                keys=[keys.quota(channel, window)],
                args=[to_ms(now), max(0, remaining), to_ms(resets_at)],
            )

    async def left(
        self, channel: ChannelName, windows: Sequence[Window], *, now: datetime
    ) -> Mapping[str, tuple[int, datetime | None]]:
        """Return what is left of each window, and when more comes; None: it is full."""
        if not windows:
            return {}
        _, *flat = await self._run(channel, windows, 0, now=now)
        pairs = zip(flat[::2], flat[1::2], strict=True)
        return {
            window.name: (left, from_ms(more_at) if more_at else None)
            for window, (left, more_at) in zip(windows, pairs, strict=True)
        }

    async def _run(
        self,
        channel: ChannelName,
        windows: Sequence[Window],
        units: int,
        *,
        now: datetime,
    ) -> list[int]:
        sizes = [(window.count, window.per // _MS) for window in windows]
        with reporting_outages():
            answer = await self._take(
                keys=[keys.quota(channel, window.name) for window in windows],
                args=[to_ms(now), units, *(part for size in sizes for part in size)],
            )
        return [int(part) for part in answer]
