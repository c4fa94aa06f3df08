"""Where messages arrive: stored durably, each once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import to_ms
from bot.model.message import (
    ChannelName,
    CustomerId,
    Malformed,
    Message,
    MessageId,
    Notice,
    Rated,
)
from bot.model.rank import Rank, Waiting
from bot.model.reason import Reason
from bot.store import keys
from bot.store.amendments import Amendments
from bot.store.codec import dump, dump_mail
from bot.store.dead import trim_dead
from bot.store.scripts import reporting_outages, script
from bot.store.texts import whole
from bot.store.turns import earliest
from bot.store.wakes import WORKERS, wake

if TYPE_CHECKING:
    from redis.asyncio import Redis

# A redelivery is recognised among this many of a customer's newest messages, and among
# all that wait. A channel delivers again what came after its cursor, which moves with
# every batch of the intake: far fewer.
SEEN_KEPT = 1000


class RedisInbox:
    """The inbox in Redis; see lua/accept.lua and lua/park.lua."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._accept, self._park = script(redis, "accept"), script(redis, "park")
        self._trim_dead = script(redis, "trim_dead")
        self._rate = script(redis, "rate")
        self._amendments = Amendments(redis)

    async def accept(
        self,
        messages: Sequence[Message | Malformed],
        *,
        now: datetime,
        quiet: timedelta,
        at_most: timedelta,
        rank: Callable[[Message], Rank] = lambda _: Rank.MIDDLE,
    ) -> int:
        """Store messages, each once; return how many were new.

        One that cannot be stored as it is stops no other; see `_storable`.
        """
        if not messages:
            return 0
        times = [
            str(to_ms(now)),
            str(quiet // timedelta(milliseconds=1)),
            str(at_most // timedelta(milliseconds=1)),
        ]
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                storable = list(map(_storable, messages))
                bad = set[str]()
                for message in storable:
                    if isinstance(message, Message):
                        await self._accept_one(message, rank(message), times, pipe)
                    else:
                        bad.add(await self._park_one(message, times[0], pipe))
                for shard in bad:
                    await trim_dead(self._trim_dead, pipe, shard, now=now)
                shards = {
                    keys.shard_of(m.customer)
                    for m in storable
                    if isinstance(m, Message)
                }
                await wake(pipe, WORKERS, now + quiet, shards)
                return sum((await pipe.execute())[: len(storable)])

    async def _accept_one(
        self, message: Message, rank: Rank, times: list[str], pipe: Redis[str]
    ) -> None:
        who = message.customer
        shard = keys.shard_of(who)
        await self._accept(
            keys=[
                keys.of_customer(who, "seen"),
                keys.of_customer(who, "seen_old"),
                keys.of_customer(who, "mailbox"),
                keys.in_shard(shard, "ready"),
                keys.in_shard(shard, "leased"),
                keys.of_customer(who, "customer"),
                keys.in_shard(shard, "pending"),
                keys.in_shard(shard, "events"),
                keys.of_customer(who, "amended"),
                keys.of_customer(who, "amended_old"),
            ],
            args=[
                message.id,
                dump_mail(message, rank),
                who,
                *times,
                message.channel,
                rank.value,
                SEEN_KEPT,
            ],
            client=pipe,
        )

    async def _park_one(
        self, malformed: Malformed, now_ms: str, pipe: Redis[str]
    ) -> str:
        """Add the parking to `pipe`; return the shard that gets a dead letter."""
        nobody = _nobody(malformed)
        shard = keys.shard_of(nobody)
        await self._park(
            keys=[
                keys.of_customer(nobody, "seen"),
                keys.of_customer(nobody, "seen_old"),
                keys.of_customer(nobody, "dead"),
                keys.in_shard(shard, "dead_letters"),
                keys.in_shard(shard, "dead_count"),
                keys.in_shard(shard, "events"),
            ],
            args=[
                malformed.id,
                dump(malformed),
                nobody,
                now_ms,
                Reason.MALFORMED.value,
                malformed.channel,
                SEEN_KEPT,
            ],
            client=pipe,
        )
        return shard

    async def amend(self, notices: Sequence[Notice], *, now: datetime) -> int:
        """Carry out what authors did to their messages; see amendments.py."""
        changed = 0
        for notice in notices:
            changed += await self._amendments.carry_out(notice, now=now)
        return changed

    async def rate(self, ratings: Sequence[Rated], *, now: datetime) -> int:
        """Keep ratings with the cases that they are about; return how many were new."""
        new = 0
        for one in ratings:
            shard = keys.shard_of(one.customer)
            with reporting_outages():
                new += await self._rate(
                    keys=[
                        keys.of_customer(one.customer, "customer"),
                        keys.in_shard(shard, "events"),
                        keys.of_customer(one.customer, "effects"),
                    ],
                    args=[
                        one.customer,
                        one.stars,
                        to_ms(now),
                        keys.in_shard(shard, "case:"),
                        one.id,
                    ],
                )
        return new

    async def pending(self) -> dict[Rank, int]:
        """Return how many messages of each rank have no outcome, in one round trip."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    pipe.hmget(
                        keys.in_shard(shard, "pending"),
                        [str(rank.value) for rank in Rank],
                    )
                rows = await pipe.execute()
        columns = zip(*rows, strict=True)
        return {
            rank: sum(int(count or 0) for count in column)
            for rank, column in zip(Rank, columns, strict=True)
        }

    async def waiting(self) -> dict[Rank, Waiting]:
        """Return what waits, by rank, and since when its oldest customer is due."""
        pending = await self.pending()
        found: dict[Rank, Waiting] = {}
        for rank in Rank:
            with reporting_outages():
                due = await earliest(self._redis, [keys.READY[rank]])
            found[rank] = Waiting(messages=pending[rank], due_since=due)
        return found

    async def cursor(self, channel: ChannelName) -> str | None:
        """Return how far the channel was read, None if never."""
        with reporting_outages():
            return await self._redis.get(keys.cursor(channel))

    async def move_cursor(
        self, channel: ChannelName, cursor: str, *, passed: Collection[MessageId] = ()
    ) -> None:
        """Remember how far the channel was read. Only after `accept` returned.

        `passed` are messages before it that were taken out of turn: they are so no more.
        """
        with reporting_outages():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(keys.cursor(channel), cursor)
                if passed:
                    pipe.srem(keys.taken(channel), *passed)
                await pipe.execute()

    async def take(self, channel: ChannelName, messages: Sequence[MessageId]) -> None:
        """Remember that these behind the cursor were accepted, out of turn."""
        if messages:
            with reporting_outages():
                await self._redis.sadd(keys.taken(channel), *messages)

    async def taken(
        self, channel: ChannelName, messages: Sequence[MessageId]
    ) -> set[MessageId]:
        """Return those of `messages` that were accepted out of turn."""
        with reporting_outages():
            if not messages or not await self._redis.scard(keys.taken(channel)):
                return set()
            marks = await self._redis.smismember(keys.taken(channel), messages)
        return {id_ for id_, mark in zip(messages, marks, strict=True) if mark}

    async def count_taken(self, channel: ChannelName) -> int:
        """Return how many messages behind the cursor were accepted out of turn."""
        with reporting_outages():
            return int(await self._redis.scard(keys.taken(channel)))


def _nobody(malformed: Malformed) -> CustomerId:
    """Stand for the author, who cannot be known."""
    return CustomerId(f"{malformed.channel}:")


def _storable(message: Message | Malformed) -> Message | Malformed:
    """Return what Redis can hold: whole characters only.

    Half of a surrogate pair is replaced in words that people read. An id with one
    would name something else then: such a message is parked.
    """
    if isinstance(message, Malformed):
        return replace(message, id=MessageId(whole(message.id)), raw=whole(message.raw))
    ids = (message.id, message.customer, message.thread, message.in_reply_to or "")
    if all(name == whole(name) for name in ids):
        text, handle = whole(message.text), whole(message.handle)
        if (text, handle) == (message.text, message.handle):
            return message
        return replace(message, text=text, handle=handle)
    return Malformed(
        channel=message.channel,
        id=MessageId(whole(message.id)),
        problem="an id holds half of a surrogate pair",
        raw=whole(dump(message)),
    )
