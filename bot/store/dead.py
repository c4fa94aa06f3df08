"""Dead letters: what could not be handled, kept with its customer, replayable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.clock import from_ms, to_ms
from bot.model.message import CustomerId
from bot.store import keys
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """What one customer has: how many, since when, and why. No content."""

    customer: CustomerId
    count: int
    since: datetime
    reasons: tuple[str, ...]


class RedisDeadLetters:
    """The dead letters that lua/bury.lua wrote."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._revive = script(redis, "revive")

    async def every(self) -> list[DeadLetters]:
        """Return all customers who have some, those who wait longest first."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    pipe.smembers(keys.in_shard(shard, "dead_customers"))
                who = [CustomerId(one) for row in await pipe.execute() for one in row]
            async with self._redis.pipeline(transaction=False) as pipe:
                for customer in who:
                    pipe.lrange(keys.of_customer(customer, "dead"), 0, -1)
                rows = await pipe.execute()
        found = [
            _summary(customer, row)
            for customer, row in zip(who, rows, strict=True)
            if row
        ]
        return sorted(found, key=lambda letters: letters.since)

    async def replay(self, customer: CustomerId, *, now: datetime) -> int:
        """Put them back into the customer's mailbox, once; return how many."""
        shard = keys.shard_of(customer)
        of_shard = ("leased", "ready", "dead_customers")
        of_customer = ("customer", "mailbox", "seen", "history", "dead")
        with reporting_outages():
            return int(
                await self._revive(
                    keys=[
                        *(keys.in_shard(shard, name) for name in of_shard),
                        *(keys.of_customer(customer, name) for name in of_customer),
                    ],
                    args=[customer, to_ms(now)],
                )
            )


def _summary(customer: CustomerId, row: list[str]) -> DeadLetters:
    letters = [json.loads(line) for line in row]
    return DeadLetters(
        customer,
        count=len(letters),
        since=from_ms(int(letters[0]["at_ms"])),
        reasons=tuple(dict.fromkeys(letter["reason"] for letter in letters)),
    )
