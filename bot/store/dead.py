"""Dead letters: what could not be handled, kept with its customer, replayable."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.clock import from_ms, to_ms
from bot.model.message import CustomerId
from bot.store import keys
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from redis.commands.core import AsyncScript

MAX_IN_SHARD = 1000  # the content of older ones is dropped, with an event
_AT_ONCE = 50  # customers whose letters are read in one round trip


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """What one customer has: how many, since when, and why. No content."""

    customer: CustomerId
    count: int
    since: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One of a customer's dead letters. `number` names it among those of the shard.

    `message` is the message's id, "" for what is none. `kind` is "message",
    "send_failure", "buried", "malformed" (it could not be decoded as it came),
    "unreadable" or "damaged" (the letter itself: it can be dropped, no more).
    `content` is what the customer wrote or what came, as JSON.
    """

    number: int
    message: str
    kind: str
    reason: str
    at: datetime
    tries: int
    content: str


class RedisDeadLetters:
    """The dead letters that lua/bury.lua and lua/park.lua wrote."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._revive, self._drop = script(redis, "revive"), script(redis, "drop")

    async def every(self) -> list[DeadLetters]:
        """Return all customers who have some, those who wait longest first."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    pipe.zrange(keys.in_shard(shard, "dead_letters"), 0, -1)
                members = [member for row in await pipe.execute() for member in row]
        who = list(dict.fromkeys(member.partition(" ")[2] for member in members))
        found: list[DeadLetters] = []
        for start in range(0, len(who), _AT_ONCE):
            found += await self._summaries(who[start : start + _AT_ONCE])
        return sorted(found, key=lambda letters: letters.since)

    async def _summaries(self, customers: Sequence[str]) -> list[DeadLetters]:
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for customer in customers:
                    pipe.hgetall(keys.of_customer(CustomerId(customer), "dead"))
                rows = await pipe.execute()
        return [
            _summary(CustomerId(customer), _letters(row))
            for customer, row in zip(customers, rows, strict=True)
            if row
        ]

    async def of(self, customer: CustomerId) -> list[DeadLetter]:
        """Return a customer's dead letters with their content, the oldest first."""
        with reporting_outages():
            row = await self._redis.hgetall(keys.of_customer(customer, "dead"))
        return _letters(row)

    async def replay(
        self,
        customer: CustomerId,
        *,
        now: datetime,
        by: str,
        numbers: Iterable[int] | None = None,
    ) -> int:
        """Put letters back into the customer's mailbox, once; return how many.

        Args:
            customer: whose.
            now: the time.
            by: who does it, for the event.
            numbers: which ones; all if None. What is malformed stays where it is.
        """
        shard = keys.shard_of(customer)
        of_shard = ("leased", "ready", "pending", "dead_letters", "events")
        of_customer = ("customer", "mailbox", "seen", "history", "dead")
        return await self._change(
            self._revive,
            [
                *(keys.in_shard(shard, name) for name in of_shard),
                *(keys.of_customer(customer, name) for name in of_customer),
            ],
            [customer, to_ms(now), by, *await self._numbers(customer, numbers)],
        )

    async def drop(
        self,
        customer: CustomerId,
        *,
        now: datetime,
        by: str,
        numbers: Iterable[int] | None = None,
    ) -> int:
        """Remove letters with their content; the outcome stays. Return how many.

        The arguments are those of `replay`.
        """
        shard = keys.shard_of(customer)
        return await self._change(
            self._drop,
            [
                keys.in_shard(shard, "dead_letters"),
                keys.in_shard(shard, "events"),
                keys.of_customer(customer, "dead"),
            ],
            [customer, to_ms(now), by, *await self._numbers(customer, numbers)],
        )

    async def _change(
        self, change: AsyncScript, names: list[str], args: list[str | int]
    ) -> int:
        with reporting_outages():
            return int(await change(keys=names, args=args))

    async def _numbers(
        self, customer: CustomerId, numbers: Iterable[int] | None
    ) -> list[int]:
        if numbers is not None:
            return sorted(numbers)
        with reporting_outages():
            names = await self._redis.hkeys(keys.of_customer(customer, "dead"))
        return sorted(map(int, names))


async def trim_dead(
    trim: AsyncScript, pipe: Redis[str], shard: str, *, now: datetime
) -> None:
    """Bound a shard's dead letters: `trim` is lua/trim_dead.lua."""
    await trim(
        keys=[keys.in_shard(shard, name) for name in ("dead_letters", "events")],
        args=[keys.in_shard(shard, "dead:"), MAX_IN_SHARD, to_ms(now)],
        client=pipe,
    )


def _letters(row: dict[str, str]) -> list[DeadLetter]:
    found = [_letter(int(number), text) for number, text in row.items()]
    return sorted(found, key=lambda letter: letter.number)


def _letter(number: int, text: str) -> DeadLetter:
    try:
        return _whole_letter(number, json.loads(text))
    except (ValueError, TypeError, KeyError):
        return DeadLetter(
            number=number,
            message="",
            kind="damaged",
            reason="damaged",
            at=from_ms(0),
            tries=0,
            content=text,
        )


def _whole_letter(number: int, stored: dict[str, str]) -> DeadLetter:
    return DeadLetter(
        number=number,
        message=stored["message"],
        kind=stored["kind"],
        reason=stored["reason"],
        at=from_ms(int(stored["at_ms"])),
        tries=int(stored["tries"]),
        content=stored["item"],
    )


def _summary(customer: CustomerId, letters: Sequence[DeadLetter]) -> DeadLetters:
    return DeadLetters(
        customer,
        count=len(letters),
        since=letters[0].at,
        reasons=tuple(dict.fromkeys(letter.reason for letter in letters)),
    )
