"""Wakes the loops that wait for work, so that they need not look every few ms.

Whoever makes something due says when, in one message behind what they wrote. A message
can be lost; so every loop also looks by itself, rarely, and nothing depends on this
but how soon things are done and what an idle program costs. See docs/adr/0007-waking.md.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from bot.clock import Clock, from_ms, to_ms
from bot.errors import FirstlineError
from bot.store.bells import Bell
from bot.store.scripts import reporting_outages

if TYPE_CHECKING:
    from redis.asyncio import Redis

WORKERS, SENDERS = "firstline:wake:workers", "firstline:wake:senders"
_LOOK_S = 1.0  # how long the end of the program may have to wait for us
_AGAIN_S = 1.0  # between two tries to listen


async def wake(
    pipe: Redis[str], whom: str, due: datetime, shards: Iterable[str]
) -> None:
    """Add to a pipeline: let those who listen look at `shards` when `due` has come."""
    await pipe.publish(whom, f"{to_ms(due)} {' '.join(sorted(set(shards)))}")


class Wakes:
    """Hears what is due, on a connection of its own, and rings the bells for it."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._bells = {WORKERS: Bell(), SENDERS: Bell()}

    @property
    def workers(self) -> Bell:
        return self._bells[WORKERS]

    @property
    def senders(self) -> Bell:
        return self._bells[SENDERS]

    async def listen(self, stop: asyncio.Event, clock: Clock) -> None:
        """Listen until `stop` is set. An outage is waited for: the loops report it."""
        ending = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                with contextlib.suppress(FirstlineError), reporting_outages():
                    await self._hear(stop, clock)
                for bell in self._bells.values():
                    bell.works = False
                await asyncio.wait({ending}, timeout=_AGAIN_S)
        finally:
            ending.cancel()

    async def _hear(self, stop: asyncio.Event, clock: Clock) -> None:
        loop = asyncio.get_running_loop()
        async with self._redis.pubsub() as heard:
            await heard.subscribe(*self._bells)
            while not stop.is_set():
                said = await heard.get_message(timeout=_LOOK_S)
                if said is None:
                    continue
                bell = self._bells[said["channel"]]
                if said["type"] == "subscribe":
                    bell.works = True
                    bell.ring()  # what became due before was not heard
                else:
                    due, *shards = said["data"].split()
                    wait = from_ms(int(due) + 1) - clock.now()
                    loop.call_later(max(0.0, wait.total_seconds()), bell.ring, shards)
