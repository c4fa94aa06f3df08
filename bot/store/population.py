"""Many stored customers at once, for measurements: copies of some that are real."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import islice

from redis.asyncio import Redis

from bot.model.message import CustomerId
from bot.store import keys
from bot.store.packing import Packing
from bot.store.scripts import reporting_outages

Dumped = dict[str, bytes]  # name of a customer's key -> the value, as DUMP has it
AT_ONCE = 500  # customers copied in one round trip
SCANNED = 1_000


class Population:
    """Copies customers as the server dumps them, so that a copy weighs the same."""

    def __init__(self, address: str) -> None:
        # not decoded: a dump is no text
        self._redis: Redis[bytes] = Redis.from_url(address, socket_timeout=60)
        pool = self._redis.connection_pool
        kind = pool.connection_class
        pool.connection_class = type(f"Packing{kind.__name__}", (Packing, kind), {})

    async def close(self) -> None:
        await self._redis.close()

    async def patterns(self, customers: Sequence[CustomerId]) -> list[Dumped]:
        """Return everything that each of `customers` has. They must be at rest."""
        with reporting_outages():
            return [await self._dump(customer) for customer in customers]

    async def copy(
        self, patterns: Sequence[Dumped], customers: Sequence[CustomerId]
    ) -> None:
        """Store `customers`, each a copy of one of `patterns`; nothing of it is due."""
        waiting = iter(enumerate(customers))
        with reporting_outages():
            while batch := list(islice(waiting, AT_ONCE)):
                await self._restore(batch, patterns)

    async def _dump(self, customer: CustomerId) -> Dumped:
        names = [name async for name in self._names(customer)]
        values = [
            await self._redis.dump(keys.of_customer(customer, name)) for name in names
        ]
        return {n: v for n, v in zip(names, values, strict=True) if v is not None}

    async def _names(self, customer: CustomerId) -> AsyncIterator[str]:
        pattern = keys.of_customer(customer, "*")
        async for key in self._redis.scan_iter(match=pattern, count=SCANNED):
            yield key.decode().partition("}")[2].partition(":")[0]

    async def _restore(
        self, batch: Sequence[tuple[int, CustomerId]], dumped: Sequence[Dumped]
    ) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for number, customer in batch:
                shard = keys.shard_of(customer)
                pipe.hset(keys.in_shard(shard, "tokens"), customer, "1")
                for name, value in dumped[number % len(dumped)].items():
                    pipe.restore(keys.of_customer(customer, name), 0, value)
            await pipe.execute()
