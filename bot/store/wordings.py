"""What an account has lately said in public; see lua/take_words.lua."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.clock import to_ms
from bot.model.message import ChannelName
from bot.store import keys
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

KEPT: Final = timedelta(minutes=15)
_MS: Final = timedelta(milliseconds=1)


class RedisWordings:
    """The `Wordings` port on Redis."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._take = script(redis, "take_words")

    async def take(
        self,
        channel: ChannelName,
        words: str,
        *,
        key: str,
        apart: timedelta,
        now: datetime,
    ) -> timedelta:
        """Take words for the text `key`, or return how long to wait with them."""
        with reporting_outages():
            wait = await self._take(
                keys=[keys.said(channel, name) for name in ("at", "by", "turns")],
                args=[words, key, to_ms(now), apart // _MS, KEPT // _MS],
            )
        return int(wait) * _MS

    async def lately(self, channel: ChannelName, *, now: datetime) -> frozenset[str]:
        """Return the words of the last quarter of an hour."""
        with reporting_outages():
            found = await self._redis.zrangebyscore(
                keys.said(channel, "at"), to_ms(now - KEPT), "+inf"
            )
        return frozenset(found)
