"""What networks charge us, by day and month; see lua/spend.lua and lua/pay_read.lua."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from bot.clock import from_ms, to_ms
from bot.model.message import ChannelName
from bot.model.spending import Spent
from bot.store import keys
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

DAY = timedelta(days=1)
KEPT = timedelta(days=92)  # single days; months stay
READ_KEPT = timedelta(days=2)  # what was read: clocks of two processes may differ
_AT_ONCE = 31  # days that are forgotten together: so long nothing need have been paid


class RedisSpending:
    """The `Spending` port on Redis."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._spend = script(redis, "spend")
        self._pay_read = script(redis, "pay_read")

    async def spend(
        self,
        channel: ChannelName,
        item: str,
        *,
        units: int,
        micros: int,
        now: datetime,
    ) -> None:
        """Add a cost; of a call that cost nothing only the credit is seen."""
        if units < 0 or micros < 0:
            raise ValueError(f"{item}: a cost is not negative")
        if micros == 0:
            with reporting_outages():
                await self._redis.delete(keys.spending(channel, "no_credit"))
            return
        with reporting_outages():
            await self._spend(
                keys=[
                    keys.spending(channel, _day(now)),
                    keys.spending(channel, _month(now)),
                    keys.spending(channel, "no_credit"),
                    *_old_days(channel, now),
                ],
                args=[item, micros],
            )

    async def pay_read(
        self,
        channel: ChannelName,
        item: str,
        ids: Collection[str],
        *,
        micros: int,
        now: datetime,
    ) -> int:
        """Add `micros` for each of `ids` that nobody has paid for today."""
        if micros < 0:
            raise ValueError(f"{item}: a cost is not negative")
        if not ids:
            return 0
        with reporting_outages():
            new = await self._pay_read(
                keys=[
                    keys.spending(channel, _day(now)),
                    keys.spending(channel, _month(now)),
                    keys.spending(channel, "no_credit"),
                    _read(channel, item, now),
                    *(_read(channel, item, day) for day in _before(now - READ_KEPT)),
                    *_old_days(channel, now),
                ],
                args=[item, micros, *ids],
            )
        return int(new)

    async def run_out(self, channel: ChannelName, *, now: datetime) -> None:
        """Note that the network takes no call for want of credit."""
        with reporting_outages():
            await self._redis.set(
                keys.spending(channel, "no_credit"), to_ms(now), nx=True
            )

    async def spent(self, channel: ChannelName, *, now: datetime) -> Spent:
        """Return what was spent in the day and in the month of `now`."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hgetall(keys.spending(channel, _day(now)))
                pipe.hgetall(keys.spending(channel, _month(now)))
                pipe.get(keys.spending(channel, "no_credit"))
                today, month, no_credit = await pipe.execute()
        return Spent(
            today={item: int(micros) for item, micros in today.items()},
            month={item: int(micros) for item, micros in month.items()},
            no_credit_since=from_ms(int(no_credit)) if no_credit else None,
        )


def _read(channel: ChannelName, item: str, day: datetime) -> str:
    return keys.spending(channel, f"read:{item}:{_day(day)}")


def _old_days(channel: ChannelName, now: datetime) -> list[str]:
    return [keys.spending(channel, _day(day)) for day in _before(now - KEPT)]


def _before(last: datetime) -> list[datetime]:
    """Return `last` and as many days before it as are forgotten together."""
    return [last - n * DAY for n in range(_AT_ONCE)]


def _day(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).date().isoformat()


def _month(moment: datetime) -> str:
    return _day(moment)[:7]
