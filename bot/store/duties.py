"""Who does what only one process at a time does; see lua/hold_duty.lua."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import to_ms
from bot.store import keys
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis


class RedisDuties:
    """The `Duties` port on Redis."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._hold = script(redis, "hold_duty")

    async def hold(
        self, name: str, owner: str, *, now: datetime, length: timedelta
    ) -> int | None:
        """Take the duty, or keep it; return the holding's number, None if it is taken."""
        length_ms = length // timedelta(milliseconds=1)
        with reporting_outages():
            holding = await self._hold(
                keys=[keys.duty(name)], args=[owner, to_ms(now), length_ms]
            )
        return int(holding) or None

    async def held(self, name: str, *, now: datetime) -> bool:
        """Tell whether anybody has the duty."""
        with reporting_outages():
            ends = await self._redis.hget(keys.duty(name), "until")
        return ends is not None and int(ends) > to_ms(now)
