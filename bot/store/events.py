"""The event streams, read by reports, pages and desks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from heapq import merge
from typing import TYPE_CHECKING

from bot.clock import from_ms
from bot.model.event import Event, EventType
from bot.model.message import CustomerId
from bot.store import keys
from bot.store.scripts import reporting_outages

if TYPE_CHECKING:
    from redis.asyncio import Redis


PAGE = 5000  # events that `every` asks for at once


class RedisEvents:
    """One stream a shard; a customer's events are all in one, in order."""

    shards: Sequence[str] = keys.SHARDS

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis

    def shard_of(self, customer: CustomerId) -> str:
        """Return the shard in which all events of `customer` are."""
        return keys.shard_of(customer)

    async def every(self, shard: str) -> AsyncIterator[Event]:
        """Yield every event of one shard from the beginning, in its order."""
        name, after = keys.in_shard(shard, "events"), "-"
        while True:
            with reporting_outages():
                rows = await self._redis.xrange(name, min=after, count=PAGE)
            for id_, fields in rows:
                yield _event(f"{shard}-{id_}", fields)
            if len(rows) < PAGE:
                return
            after = f"({rows[-1][0]}"

    async def missing(self) -> Sequence[str]:
        """Return the shards whose older events are in files that are not here."""
        return ()

    async def since(
        self, cursors: Mapping[str, str], *, limit: int = 1000
    ) -> tuple[list[Event], dict[str, str]]:
        """Return events after `cursors` and the cursors to pass next time.

        `limit` counts events of one shard.
        """
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    after = cursors.get(shard, "0")
                    pipe.xrange(
                        keys.in_shard(shard, "events"), min=f"({after}", count=limit
                    )
                rows = await pipe.execute()
        ends = dict(cursors)
        parts: list[list[Event]] = []
        for shard, found in zip(keys.SHARDS, rows, strict=True):
            parts.append([_event(f"{shard}-{id_}", fields) for id_, fields in found])
            if found:
                ends[shard] = found[-1][0]
        # by time between shards, and never against the order within one
        return list(merge(*parts, key=lambda event: event.at)), ends

    async def bookmark(self, reader: str) -> dict[str, str]:
        """Return the cursors that `reader` kept; {} if it never did."""
        with reporting_outages():
            return await self._redis.hgetall(keys.bookmark(reader))

    async def keep_bookmark(self, reader: str, cursors: Mapping[str, str]) -> None:
        """Remember how far `reader` has read."""
        if not cursors:
            return
        with reporting_outages():
            for shard, cursor in cursors.items():
                await self._redis.hset(keys.bookmark(reader), shard, cursor)


def _event(id_: str, fields: Mapping[str, str]) -> Event:
    facts = {k: v for k, v in fields.items() if k not in ("type", "at_ms", "customer")}
    return Event(
        id=id_,
        type=EventType(fields["type"]),
        at=from_ms(int(fields["at_ms"])),
        customer=CustomerId(fields["customer"]),
        facts=facts,
    )
