"""Where messages arrive: stored durably, each once."""

from __future__ import annotations

from collections.abc import Sequence
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
)
from bot.model.reason import Reason
from bot.store import keys
from bot.store.codec import dump, dump_mail
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis


class RedisInbox:
    """The inbox in Redis; see lua/accept.lua and lua/park.lua."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._accept = script(redis, "accept")
        self._park = script(redis, "park")

    async def accept(
        self,
        messages: Sequence[Message | Malformed],
        *,
        now: datetime,
        quiet: timedelta,
        at_most: timedelta,
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
                for message in map(_storable, messages):
                    if isinstance(message, Message):
                        await self._accept_one(message, times, pipe)
                    else:
                        await self._park_one(message, times[0], pipe)
                return sum(await pipe.execute())

    async def _accept_one(
        self, message: Message, times: list[str], pipe: Redis[str]
    ) -> None:
        who = message.customer
        shard = keys.shard_of(who)
        await self._accept(
            keys=[
                keys.of_customer(who, "seen"),
                keys.of_customer(who, "mailbox"),
                keys.in_shard(shard, "ready"),
                keys.in_shard(shard, "leased"),
                keys.of_customer(who, "customer"),
                keys.in_shard(shard, "events"),
            ],
            args=[message.id, dump_mail(message), who, *times, message.channel],
            client=pipe,
        )

    async def _park_one(
        self, malformed: Malformed, now_ms: str, pipe: Redis[str]
    ) -> None:
        nobody = CustomerId(f"{malformed.channel}:")  # its author cannot be known
        shard = keys.shard_of(nobody)
        await self._park(
            keys=[
                keys.of_customer(nobody, "seen"),
                keys.in_shard(shard, "dead"),
                keys.in_shard(shard, "events"),
            ],
            args=[
                malformed.id,
                dump(malformed),
                nobody,
                now_ms,
                Reason.MALFORMED.value,
                malformed.channel,
            ],
            client=pipe,
        )

    async def cursor(self, channel: ChannelName) -> str | None:
        """Return how far the channel was read, None if never."""
        with reporting_outages():
            return await self._redis.get(keys.cursor(channel))

    async def move_cursor(self, channel: ChannelName, cursor: str) -> None:
        """Remember how far the channel was read. Only after `accept` returned."""
        with reporting_outages():
            await self._redis.set(keys.cursor(channel), cursor)


def _storable(message: Message | Malformed) -> Message | Malformed:
    """Return what Redis can hold: whole characters only.

    Half of a surrogate pair is replaced in words that people read. An id with one
    would name something else then: such a message is parked.
    """
    if isinstance(message, Malformed):
        return replace(
            message, id=MessageId(_whole(message.id)), raw=_whole(message.raw)
        )
    ids = (message.id, message.customer, message.thread, message.in_reply_to or "")
    if all(name == _whole(name) for name in ids):
        return replace(
            message, text=_whole(message.text), handle=_whole(message.handle)
        )
    return Malformed(
        channel=message.channel,
        id=MessageId(_whole(message.id)),
        problem="an id holds half of a surrogate pair",
        raw=_whole(dump(message)),
    )


def _whole(text: str) -> str:
    """Join surrogate pairs; half of one becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
