"""What a server says of itself, for measurements and the doctor."""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING

from bot.store.generation import drops_data
from bot.store.scripts import reporting_outages
from bot.store.server import connect

if TYPE_CHECKING:
    from redis.asyncio import Redis

LOOK_S = 0.2


class Keeping(Enum):
    """How a server keeps what it is given."""

    ON_DISK = "on disk"
    NOT_ON_DISK = "not on disk"
    DROPS = "drops"  # it makes room by dropping some


class ServerStatistics:
    """Reads INFO of one server, on a connection of its own."""

    def __init__(self, address: str) -> None:
        self._redis: Redis[str] = connect(address)

    async def close(self) -> None:
        await self._redis.close()

    async def pid(self) -> int:
        """Return the server's process on its machine."""
        with reporting_outages():
            found = await self._redis.info("server")
        return int(found["process_id"])

    async def keeping(self) -> Keeping:
        """Return how it keeps data; by its own words, since it may forbid CONFIG."""
        with reporting_outages():
            found = await self._redis.info()
        if drops_data(found):
            return Keeping.DROPS
        return Keeping.ON_DISK if found.get("aof_enabled") else Keeping.NOT_ON_DISK

    async def commands(self) -> int:
        """Return how many commands ran so far, those inside scripts included."""
        return sum((await self.calls()).values())

    async def calls(self) -> dict[str, int]:
        """Return how often each command ran so far."""
        with reporting_outages():
            found = await self._redis.info("commandstats")
        return {
            name.removeprefix("cmdstat_"): int(facts["calls"])
            for name, facts in found.items()
        }

    async def memory(self) -> int:
        """Return the bytes that the server's data take."""
        with reporting_outages():
            found = await self._redis.info("memory")
        return int(found["used_memory"])

    async def set_fsync(self, when: str) -> None:
        """Choose when writes go to disk: "always" or "everysec"."""
        with reporting_outages():
            await self._redis.config_set("appendfsync", when)

    async def rewritten(self) -> None:
        """Return when the server is not writing its append-only file anew."""
        while True:
            with reporting_outages():
                found = await self._redis.info("persistence")
            if not (found["aof_rewrite_in_progress"] or found["aof_rewrite_scheduled"]):
                return
            await asyncio.sleep(LOOK_S)
