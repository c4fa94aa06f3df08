"""Which processes of the program live: each beats, the silent ones are forgotten."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.clock import from_ms, to_ms
from bot.model.process import Process
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

_SEEN: Final = "{processes}seen"
_FACTS: Final = "{processes}facts"


class RedisProcesses:
    """The `Processes` port; see lua/beat.lua."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._beat = script(redis, "beat")

    async def beat(self, process: Process, *, now: datetime, ttl: timedelta) -> None:
        """Note that `process` lives; forget those silent for `ttl`."""
        ttl_ms = ttl // timedelta(milliseconds=1)
        with reporting_outages():
            await self._beat(
                keys=[_SEEN, _FACTS],
                args=[process.id, _packed(process), to_ms(now), ttl_ms],
            )

    async def leave(self, process: str) -> None:
        """Forget a process that ends in order."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.zrem(_SEEN, process)
                pipe.hdel(_FACTS, process)
                await pipe.execute()

    async def alive(self, *, now: datetime, ttl: timedelta) -> list[Process]:
        """Return the processes that beat within `ttl`, the oldest first."""
        since_ms = to_ms(now - ttl)
        with reporting_outages():
            ids = await self._redis.zrangebyscore(_SEEN, since_ms, "+inf")
            packed = await self._redis.hmget(_FACTS, ids) if ids else []
        found = [_unpacked(facts) for facts in packed if facts is not None]
        return sorted(found, key=lambda process: process.since)


def _packed(process: Process) -> str:
    return json.dumps(asdict(process) | {"since": to_ms(process.since)})


def _unpacked(packed: str) -> Process:
    facts = json.loads(packed)
    return Process(
        id=facts["id"],
        roles=tuple(facts["roles"]),
        pid=facts["pid"],
        host=facts["host"],
        since=from_ms(facts["since"]),
        loop_delay_ms=facts["loop_delay_ms"],
        outages=tuple(facts["outages"]),
        policy=facts.get("policy", ""),  # an older program does not tell
        policy_refused=facts.get("policy_refused", ""),
        model=facts.get("model", ""),
        model_refused=facts.get("model_refused", ""),
    )
