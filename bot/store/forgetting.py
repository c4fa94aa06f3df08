"""What is kept of a customer, taken away; see lua/forget.lua. Their events stay."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from redis.exceptions import ResponseError

from bot.clock import from_ms, to_ms
from bot.model.case import CaseId
from bot.model.event import Event, EventType
from bot.model.message import CustomerId
from bot.store import keys
from bot.store.dead import RedisDeadLetters
from bot.store.fast_json import to_json
from bot.store.payload import event_fields
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

NOBODY: Final = "(deleted)"  # the handle of a customer who is forgotten: no network's
_LOOK_S: Final = 0.05
_PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was removed. `unfinished` counts what a repetition has to remove.

    That is a text which is just being sent, or a mail that cannot be read.
    """

    messages: int
    texts: int
    letters: int
    cases: tuple[CaseId, ...]
    unfinished: int


class RedisForgetting:
    """Removes content: each step at once or not at all, and harmless when repeated."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis, self._dead = redis, RedisDeadLetters(redis)
        self._forget = script(redis, "forget")

    async def called(self, handle: str) -> list[CustomerId]:
        """Return the customers whose handle this was when they wrote last."""
        wanted = handle.removeprefix("@").casefold()
        return [
            who
            async for who, state in self._states()
            if str(json.loads(state).get("handle", "")).casefold() == wanted
        ]

    async def forget(
        self,
        customer: CustomerId,
        cases: Collection[CaseId],
        *,
        by: str,
        now: datetime,
    ) -> Forgotten:
        """Remove what is kept of a customer; `cases` are all that they ever had."""
        payload = {
            "customer": customer,
            "now": str(to_ms(now)),
            "when": now.isoformat(),
            "nobody": NOBODY,
            "by": by,
            "cases": list(cases),
            "prefix": keys.in_shard(keys.shard_of(customer), "case:"),
            "review": keys.in_shard(keys.shard_of(customer), "review:"),
        }
        with reporting_outages():
            counts = await self._forget(keys=_keys(customer), args=[to_json(payload)])
        messages, texts, letters, unfinished = map(int, counts)
        letters += await self._drop_undecodable(customer, by=by, now=now)
        return Forgotten(
            messages=messages,
            texts=texts,
            letters=letters,
            cases=tuple(cases),
            unfinished=unfinished,
        )

    async def note_desk(
        self, customer: CustomerId, *, rewritten: int, left: int, now: datetime
    ) -> None:
        """Append that the agents' chat was cleared, and what people have to clear."""
        counts = {"rewritten": rewritten, "left": left}
        await self._note(EventType.DESK_FORGOTTEN, customer, counts, now=now)

    async def note_corpus(
        self, customer: CustomerId, *, examples: int, left: int, now: datetime
    ) -> None:
        """Append how many examples went from the training data, and how many stand."""
        counts = {"examples": examples, "left": left}
        await self._note(EventType.CORPUS_FORGOTTEN, customer, counts, now=now)

    async def _note(
        self,
        event: EventType,
        customer: CustomerId,
        counts: Mapping[str, int],
        *,
        now: datetime,
    ) -> None:
        facts = {name: str(count) for name, count in counts.items()}
        row = event_fields(event, at=now, customer=customer, **facts)
        stream = keys.in_shard(keys.shard_of(customer), "events")
        with reporting_outages():
            await self._redis.xadd(stream, dict(zip(row[::2], row[1::2], strict=True)))

    async def clicks_about(self, names: Collection[str]) -> int:
        """Return how many clicks that still wait to be dealt with name one of these."""
        needles = [json.dumps(name)[1:-1] for name in names]
        found = 0
        with reporting_outages():
            async for _, body in self._redis.hscan_iter(keys.deliveries("bodies")):
                found += any(needle in body for needle in needles)
        return found

    async def rewritten_at(self) -> datetime | None:
        """Return when the server's files were written anew last."""
        with reporting_outages():
            at = await self._redis.get(keys.REWRITTEN)
        return from_ms(int(at)) if at else None

    async def rewrite(self, *, now: datetime) -> str:
        """Let the server write its files anew, without what was removed.

        Returns what it does not let us do, in words; "" if all is done. What slow
        commands it noted goes, too: these hold parts of texts.
        """
        with reporting_outages():
            await self._redis.set(keys.REWRITTEN, to_ms(now))
        try:
            await self._redis.slowlog_reset()
            settings = await self._redis.config_get("*")
            if settings.get("appendonly") == "yes":
                await self._rewritten("bgrewriteaof", "aof_rewrite")
            if settings.get("save"):
                await self._rewritten("bgsave", "rdb_bgsave")
        except ResponseError:
            return "it does not let us have its files written anew"
        return ""

    async def _rewritten(self, command: str, name: str) -> None:
        """Have it written once from the beginning: one that runs has begun too early."""
        await self._written(name)
        with reporting_outages():
            await self._redis.execute_command(command)
        await self._written(name)

    async def _written(self, name: str) -> None:
        while True:
            with reporting_outages():
                found = await self._redis.info("persistence")
            busy = (f"{name}_in_progress", f"{name}_scheduled")
            if not any(int(found.get(one, 0)) for one in busy):
                return
            await asyncio.sleep(_LOOK_S)

    async def _states(self) -> AsyncIterator[tuple[CustomerId, str]]:
        with reporting_outages():
            async for key in self._redis.scan_iter("{s??}customer:*", count=_PAGE):
                state = await self._redis.hget(key, "state")
                if state:
                    yield CustomerId(key.partition("customer:")[2]), state

    async def _drop_undecodable(
        self, customer: CustomerId, *, by: str, now: datetime
    ) -> int:
        """Drop what came on their channel, cannot be decoded and names their account."""
        channel, _, account = customer.partition(":")
        nobody = CustomerId(f"{channel}:")
        named = re.compile(rf"(?<!\w){re.escape(account)}(?!\w)")
        letters = await self._dead.of(nobody)
        numbers = [one.number for one in letters if named.search(one.content)]
        if not numbers:
            return 0
        return await self._dead.drop(nobody, now=now, by=by, numbers=numbers)


def cases_in(events: Sequence[Event]) -> tuple[CaseId, ...]:
    """Return the cases that were opened, in their order."""
    opened = (e.facts["case"] for e in events if e.type is EventType.CASE_OPENED)
    return tuple(CaseId(case) for case in dict.fromkeys(opened))


def _keys(who: CustomerId) -> list[str]:
    shard = keys.shard_of(who)
    own = ("customer", "mailbox", "history", "dead")
    more = ("queue", "delivery", "amended", "amended_old")
    return [
        *(keys.of_customer(who, name) for name in own),
        keys.in_shard(shard, "dead_letters"),
        *(keys.of_customer(who, name) for name in more),
        *(
            keys.in_shard(shard, name)
            for name in ("tokens", "leased", "outbox", "events")
        ),
        keys.of_customer(who, "reviews"),
        keys.in_shard(shard, "reviews"),
    ]
