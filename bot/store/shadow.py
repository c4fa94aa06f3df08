"""What a model reads beside the live one, counted in Redis; see lua/tally_shadow.lua."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from bot.model.shadow import Pair, ShadowRun, Tally
from bot.store import keys
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

SHADOW: Final = keys.in_shard(keys.SHARDS[0], "shadow")


class RedisShadowTally:
    """The `ShadowTally` port: one hash, that of the latest run."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._add = script(redis, "tally_shadow")

    async def tally(self, run: ShadowRun) -> Tally:
        """Return what was counted; an empty tally if the run has not begun."""
        with reporting_outages():
            found = await self._redis.hgetall(SHADOW)
        if found.get("run") != _written(run):
            return Tally()
        return Tally(
            pairs={
                Pair(*name.removeprefix("pair:").split("|", 1)): int(count)
                for name, count in found.items()
                if name.startswith("pair:")
            },
            cursors={
                name.removeprefix("at:"): cursor
                for name, cursor in found.items()
                if name.startswith("at:")
            },
            serial=int(found["serial"]),
        )

    async def add(
        self,
        run: ShadowRun,
        pairs: Mapping[Pair, int],
        *,
        cursors: Mapping[str, str],
        serial: int,
    ) -> bool:
        """Add counts, and how far in the events they reach, in one step; see the port."""
        places = [word for place in cursors.items() for word in place]
        counts = [
            word
            for pair, count in pairs.items()
            for word in (f"{pair.live}|{pair.shadow}", count)
        ]
        with reporting_outages():
            added = await self._add(
                keys=[SHADOW],
                args=[_written(run), serial, len(cursors), *places, *counts],
            )
        return bool(added)


def _written(run: ShadowRun) -> str:
    return f"{run.model}@{run.epoch}"
