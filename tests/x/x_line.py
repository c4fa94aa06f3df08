"""The X channel on a local X, with limits and costs counted in a real store."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone

from bot.channels.x import XChannel
from bot.clock import ManualClock
from bot.store.quota import RedisQuota
from bot.store.spending import RedisSpending
from tests.contract.x_harness import POLICY, session_of
from tests.waiting import PATIENCE_S, until

START = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)


class PatientClock(ManualClock):
    """Stands still until it is moved; who sleeps by it lets the others work."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0.01)


class XLine:
    """Everything that belongs to one channel."""

    def __init__(self, redis, x, clock, *, session=None, token="") -> None:
        self.clock = clock
        self.quota, self.spending = RedisQuota(redis), RedisSpending(redis)
        self.bought: dict[str, int] = {}
        self.logged: list[tuple[str, dict]] = []
        self.channel = XChannel(
            session or session_of(x),
            POLICY,
            quota=self.quota,
            spending=self,
            clock=clock,
            log=lambda event, **fields: self.logged.append((event, fields)),
            directs_every=timedelta(0),
            bearer_token=token,
        )

    def units(self) -> dict[str, int]:
        """Return how much of what was bought."""
        return self.bought

    async def spend(self, channel, item, *, units, micros, now) -> None:
        if units:
            self.bought[item] = self.bought.get(item, 0) + units
        await self.spending.spend(channel, item, units=units, micros=micros, now=now)

    async def pay_read(self, channel, item, ids, *, micros, now) -> int:
        new = await self.spending.pay_read(channel, item, ids, micros=micros, now=now)
        if new:
            self.bought[item] = self.bought.get(item, 0) + new
        return new

    async def run_out(self, channel, *, now) -> None:
        await self.spending.run_out(channel, now=now)

    @asynccontextmanager
    async def listening(self, x):
        """Listen to the activity stream for as long as the context lasts."""
        stop = asyncio.Event()
        token = x.credentials.bearer_token
        task = asyncio.create_task(self.channel.listen(stop, token=token))
        await x.connected()
        yield
        stop.set()
        await asyncio.wait_for(task, PATIENCE_S)


async def read(channel, after=None):
    return [pair async for pair in channel.messages(after=after)]


async def stepped(channel, count):
    """Read on and on until so many came."""
    found = []

    async def all_came() -> bool:
        found.extend(await read(channel, found[-1][0] if found else None))
        return len(found) >= count

    await until(all_came, told=lambda: found)
    return found
