"""The allowances of channels, shared by all senders; see lua/take_tokens.lua."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.clock import from_ms, to_ms
from bot.model.allowance import Allowance
from bot.model.message import ChannelName
from bot.store import keys
from bot.store.scripts import script

if TYPE_CHECKING:
    from redis.asyncio import Redis


@dataclass(frozen=True, slots=True)
class Bucket:
    """One allowance of one channel."""

    channel: ChannelName
    allowance: Allowance

    @property
    def key(self) -> str:
        return keys.bucket(self.channel, self.allowance.name)


class Buckets:
    """Takes tokens, and remembers which buckets have none for the moment.

    A bucket of whose emptiness we know is not asked again before its next token, so
    that a long backlog costs nothing while it waits. Another sender may have taken
    that token by then; none of them ever exceeds the allowance.
    """

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._take = script(redis, "take_tokens")
        self._empty_until: dict[Bucket, datetime] = {}

    def is_empty(self, bucket: Bucket, *, now: datetime) -> bool:
        """Tell whether it is known that the bucket holds nothing yet."""
        return now < self._empty_until.get(bucket, now)

    async def take(self, bucket: Bucket, wanted: int, *, now: datetime) -> int:
        """Take up to `wanted` tokens; return how many there were."""
        taken, next_us = await self._call(bucket, wanted, now=now)
        if taken < wanted:  # the millisecond in which it is surely there
            self._empty_until[bucket] = from_ms(-(-next_us // 1000))
        return taken

    async def give_back(self, bucket: Bucket, unused: int, *, now: datetime) -> None:
        """Give back tokens with which nothing was sent."""
        if unused > 0:
            await self._call(bucket, -unused, now=now)
            self._empty_until.pop(bucket, None)

    async def next_token(self, buckets: Sequence[Bucket]) -> list[datetime]:
        """Return when each bucket has a token, perhaps in the past."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for bucket in buckets:
                pipe.get(bucket.key)
            since = [int(found or 0) for found in await pipe.execute()]
        pairs = zip(buckets, since, strict=True)
        return [from_ms(-(-(s + b.allowance.interval_us) // 1000)) for b, s in pairs]

    async def _call(
        self, bucket: Bucket, wanted: int, *, now: datetime
    ) -> tuple[int, int]:
        allowance = bucket.allowance
        taken, next_us = await self._take(
            keys=[bucket.key],
            args=[to_ms(now) * 1000, allowance.burst, allowance.interval_us, wanted],
        )
        return int(taken), int(next_us)
