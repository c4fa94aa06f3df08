"""Stores what Slack hands us before it is acknowledged, then has it dealt with.

Slack forgets what is acknowledged, so it must be on disk by then; and Slack waits for
three seconds only, so nothing that takes time comes before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.desk.slack.envelopes import Envelope
from bot.desk.slack.reading import Json
from bot.errors import TemporaryFailure
from bot.log import Log
from bot.ports import Deliveries, Delivery

Answer = Json  # what Slack shows to who submitted a dialogue
Deal = Callable[[Delivery], Awaitable["Answer | None"]]
GiveUp = Callable[[Delivery], Awaitable[None]]

LEASE: Final = timedelta(seconds=60)  # after a death somebody else takes over then
ANSWER_WITHIN_S: Final = 2.5  # of the three seconds that Slack gives us
MOST_AT_ONCE: Final = 50
MOST_TRIES: Final = 5  # with a defect; an outage is waited for
LONGEST_PAUSE: Final = timedelta(seconds=30)


class Inbox:
    """Takes deliveries in, and deals with them: in this process or, after it, another.

    `deal` may run twice for one delivery, if a process dies in between: what it does
    carries the delivery's key. It returns what the person who did it is shown, where
    Slack waits for that. `give_up` tells somebody that it could not be done.
    """

    def __init__(
        self,
        deliveries: Deliveries,
        deal: Deal,
        give_up: GiveUp,
        *,
        clock: Clock,
        log: Log,
    ) -> None:
        self._deliveries, self._deal, self._give_up = deliveries, deal, give_up
        self._clock, self._log = clock, log
        self._door = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()
        self._awaited: dict[str, asyncio.Future[Answer | None]] = {}

    async def receive(self, envelope: Envelope) -> Answer | None:
        """Store it. When this returns, Slack may be told that we have it.

        Raises:
            StoreUnavailable: it is not stored; Slack hands it to us again.
        """
        waiting = self._await(envelope.key) if envelope.answered else None
        try:
            await self.take(envelope)
            return await _within(waiting, ANSWER_WITHIN_S) if waiting else None
        finally:
            if waiting is not None and self._awaited.get(envelope.key) is waiting:
                del self._awaited[envelope.key]

    async def take(self, envelope: Envelope) -> bool:
        """Store it and begin with it; False if it is a copy."""
        async with self._door:  # in the order in which they came
            taken = await self._deliveries.take(
                envelope.key,
                lane=envelope.lane,
                body=envelope.body,
                now=self._clock.now(),
                length=LEASE,
            )
        if taken.lease is not None:
            self._start(taken.lease)
        return taken.new

    async def step(self) -> int:
        """Begin with what is due: its turn came, it was put off, or its process died."""
        free = MOST_AT_ONCE - len(self._running)
        if free <= 0:
            return 0
        due = await self._deliveries.lease(
            now=self._clock.now(), length=LEASE, limit=free
        )
        for delivery in due:
            self._start(delivery)
        return len(due)

    async def settle(self) -> None:
        """Wait for what is in hand. What it leaves is for the next step."""
        while self._running:
            await asyncio.wait(self._running)

    def _await(self, key: str) -> asyncio.Future[Answer | None]:
        """Return what will hold the answer; copies of an envelope share it."""
        future: asyncio.Future[Answer | None] = (
            self._awaited.get(key) or asyncio.get_running_loop().create_future()
        )
        self._awaited[key] = future
        return future

    def _start(self, delivery: Delivery) -> None:
        task = asyncio.ensure_future(self._dealt_with(delivery))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _dealt_with(self, delivery: Delivery) -> None:
        try:
            await self._try(delivery)
        except TemporaryFailure as error:  # the store is gone: the lease runs out
            self._log("delivery_left", cause=type(error).__name__)

    async def _try(self, delivery: Delivery) -> None:
        try:
            answer = await self._deal(delivery)
        except TemporaryFailure:
            await self._put_off(delivery)
            return
        except Exception as error:  # noqa: BLE001 - one delivery must not stop others
            name = type(error).__name__
            self._log("delivery_failed", error=name, tries=delivery.tries)
            if delivery.tries < MOST_TRIES:
                await self._put_off(delivery)
                return
            await self._give_up(delivery)
            answer = None
        self._tell(delivery.key, answer)
        await self._deliveries.finish(delivery, now=self._clock.now())
        await self.step()  # what waited behind it

    async def _put_off(self, delivery: Delivery) -> None:
        pause = min(timedelta(seconds=2.0**delivery.tries / 2), LONGEST_PAUSE)
        await self._deliveries.put_off(delivery, due=self._clock.now() + pause)

    def _tell(self, key: str, answer: Answer | None) -> None:
        waiting = self._awaited.get(key)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)


async def _within(
    waiting: asyncio.Future[Answer | None], seconds: float
) -> Answer | None:
    try:
        return await asyncio.wait_for(asyncio.shield(waiting), seconds)
    except asyncio.TimeoutError:
        return None
