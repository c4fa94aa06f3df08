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
class Pace:
    """The allowances of one channel that each text of a kind takes a token from."""

    channel: ChannelName
    allowances: tuple[Allowance, ...]

    @property
    def buckets(self) -> list[str]:
        """The keys of the buckets, one for each allowance."""
        return [keys.bucket(self.channel, one.name) for one in self.allowances]


class Buckets:
    """Takes tokens, and remembers where there are none for the moment.

    A pace that is known to be used up is not asked again before its next token, so
    that a long backlog costs nothing while it waits. Another sender may have taken
    that token by then; none of them ever exceeds an allowance.
    """

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._take = script(redis, "take_tokens")
        self._empty_until: dict[Pace, datetime] = {}

    def is_empty(self, pace: Pace, *, now: datetime) -> bool:
        """Tell whether it is known that there is no token yet."""
        return now < self._empty_until.get(pace, now)

    async def take(self, pace: Pace, wanted: int, *, now: datetime) -> int:
        """Take up to `wanted` tokens; return how many there were."""
        taken, next_us = await self._call(pace, wanted, now=now)
        if taken < wanted:  # the millisecond in which it is surely there
            self._empty_until[pace] = from_ms(-(-next_us // 1000))
        return taken

    async def give_back(self, pace: Pace, unused: int, *, now: datetime) -> None:
        """Give back tokens with which nothing was sent."""
        if unused > 0:
            await self._call(pace, -unused, now=now)
            self._empty_until.pop(pace, None)

    async def when(self, pace: Pace, tokens: int, *, now: datetime) -> datetime:
        """Return when so many tokens will have been there, if nobody else takes any."""
        found = await self._redis.mget(pace.buckets)
        pairs = zip(found, pace.allowances, strict=True)
        return max(_gathered(int(s or 0), one, tokens, now) for s, one in pairs)

    async def next_token(self, paces: Sequence[Pace]) -> list[datetime]:
        """Return when each pace has a token, perhaps in the past."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for pace in paces:
                pipe.mget(pace.buckets)
            found = await pipe.execute()
        return [_next(pace, row) for pace, row in zip(paces, found, strict=True)]

    async def _call(self, pace: Pace, wanted: int, *, now: datetime) -> tuple[int, int]:
        sizes = [
            part for one in pace.allowances for part in (one.burst, one.interval_us)
        ]
        taken, next_us = await self._take(
            keys=pace.buckets, args=[to_ms(now) * 1000, wanted, *sizes]
        )
        return int(taken), int(next_us)


def _gathered(since: int, allowance: Allowance, tokens: int, now: datetime) -> datetime:
    """Return when a bucket that has gathered `since` then has had so many tokens."""
    full = to_ms(now) * 1000 - allowance.burst * allowance.interval_us
    us = max(since, full) + tokens * allowance.interval_us
    return from_ms(-(-us // 1000))


def _next(pace: Pace, since: Sequence[str | None]) -> datetime:
    """Return when all buckets have a token that have gathered `since` then."""
    pairs = zip(since, pace.allowances, strict=True)
    return from_ms(max(-(-(int(s or 0) + a.interval_us) // 1000) for s, a in pairs))
