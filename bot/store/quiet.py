"""Quiet mode in Redis; see lua/set_quiet.lua."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.clock import from_ms, to_ms
from bot.model.case import AgentId
from bot.model.quiet import Quiet
from bot.store import keys
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis


class RedisQuietMode:
    """The `QuietMode` port on Redis."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._set = script(redis, "set_quiet")

    async def quiet(self) -> tuple[Quiet, ...]:
        """Return the pauses that are in force, the oldest first."""
        with reporting_outages():
            fields = await self._redis.hgetall(keys.QUIET)
        found = (_quiet(scope, value) for scope, value in fields.items())
        return tuple(sorted(found, key=lambda one: one.since))

    async def pause(self, scope: str, by: AgentId, *, now: datetime) -> bool:
        """Let the bot say nothing within `scope`; False if that was so already."""
        return await self._change(scope, by, now, "1")

    async def resume(self, scope: str, by: AgentId, *, now: datetime) -> bool:
        """End the pause of exactly this scope; False if there was none."""
        return await self._change(scope, by, now, "0")

    async def _change(self, scope: str, by: str, now: datetime, begins: str) -> bool:
        with reporting_outages():
            changed = await self._set(
                keys=[keys.QUIET, keys.QUIET_EVENTS],
                args=[scope, by, to_ms(now), begins],
            )
        return bool(changed)


def _quiet(scope: str, value: str) -> Quiet:
    since, _, by = value.partition("|")
    return Quiet(scope, by, from_ms(int(since)))
