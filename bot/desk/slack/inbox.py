"""Stores what Slack hands us before it is acknowledged, then has it dealt with.

Slack forgets what is acknowledged, so it must be on disk by then; and Slack waits for
three seconds only, so nothing that takes time comes before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Final, Protocol

from bot.clock import Clock
from bot.desk.slack.envelopes import Envelope
from bot.desk.slack.reading import Json
from bot.errors import TemporaryFailure
from bot.log import Log, place_of
from bot.ports import Deliveries, Delivery

Answer = Json  # what Slack shows to who submitted a dialogue

LEASE: Final = timedelta(seconds=30)  # after a death somebody else takes over then
ANSWER_WITHIN_S: Final = 2.5  # of the three seconds that Slack gives us
MOST_AT_ONCE: Final = 50
MOST_TRIES: Final = 5  # with a defect; an outage is waited for
LONGEST_WAIT: Final = timedelta(hours=24)  # for the end of an outage
LONGEST_PAUSE: Final = timedelta(seconds=30)


class Dealer(Protocol):
    """Who deals with deliveries."""

    async def deal(self, delivery: Delivery) -> Answer | None:
        """Do what somebody wanted; return what Slack is to show them, if anything.

        It may run twice for one delivery, if a process dies in between: what it does
        carries the delivery's key.

        Raises:
            TemporaryFailure: not now; it is tried again.
        """
        ...

    async def answer_late(self, delivery: Delivery, answer: Answer) -> None:
        """Tell somebody privately what Slack does not wait for any more."""
        ...

    async def give_up(self, delivery: Delivery) -> None:
        """Tell somebody that it could not be done."""
        ...


class Inbox:
    """Takes deliveries in, and has them dealt with here or, after a crash, elsewhere."""

    def __init__(
        self, deliveries: Deliveries, dealer: Dealer, *, clock: Clock, log: Log
    ) -> None:
        self._deliveries, self._dealer = deliveries, dealer
        self._clock, self._log = clock, log
        self._door = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()
        self._awaited: dict[str, asyncio.Future[Answer | None]] = {}

    async def receive(self, envelope: Envelope) -> Answer | None:
        """Store it. When this returns, Slack may be told that we have it.

        Raises:
            StoreUnavailable: it is not stored; Slack hands it to us again.
        """
        if envelope.fleeting:
            self._start(self._passing(envelope))
            return None
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
            self._start(self._dealt_with(taken.lease))
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
            self._start(self._dealt_with(delivery))
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

    def _passing(self, envelope: Envelope) -> Coroutine[None, None, None]:
        """Deal with what nobody misses if it is lost, without storing it."""
        delivery = Delivery(
            key=envelope.key,
            lane=envelope.lane,
            body=envelope.body,
            taken_at=self._clock.now(),
            tries=1,
            token=0,
        )
        return self._looked_after(delivery, self._dealer.deal(delivery))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _dealt_with(self, delivery: Delivery) -> None:
        await self._looked_after(delivery, self._try(delivery))

    async def _looked_after(
        self, delivery: Delivery, work: Coroutine[None, None, object]
    ) -> None:
        """Wait for `work`. What it leaves is taken again when its lease runs out."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            self._note("delivery_left", delivery, error)

    def _note(self, event: str, delivery: Delivery, error: Exception) -> None:
        name, where = type(error).__name__, place_of(error)
        self._log(event, error=name, where=where, tries=delivery.tries)

    async def _try(self, delivery: Delivery) -> None:
        try:
            answer = await self._dealer.deal(delivery)
        except TemporaryFailure as error:
            if self._clock.now() - delivery.taken_at < LONGEST_WAIT:
                await self._put_off(delivery)
                return
            self._note("delivery_expired", delivery, error)
            answer = None
        except Exception as error:  # noqa: BLE001 - one delivery must not stop others
            self._note("delivery_failed", delivery, error)
            if delivery.tries < MOST_TRIES:
                await self._put_off(delivery)
                return
            await self._give_up(delivery)
            answer = None
        await self._tell(delivery, answer)
        await self._deliveries.finish(delivery, now=self._clock.now())
        await self.step()  # what waited behind it

    async def _give_up(self, delivery: Delivery) -> None:
        try:
            await self._dealer.give_up(delivery)
        except TemporaryFailure:
            raise
        except Exception as error:  # noqa: BLE001 - the same defect, perhaps
            self._note("delivery_failed", delivery, error)

    async def _put_off(self, delivery: Delivery) -> None:
        pause = min(timedelta(seconds=2.0**delivery.tries / 2), LONGEST_PAUSE)
        await self._deliveries.put_off(delivery, due=self._clock.now() + pause)

    async def _tell(self, delivery: Delivery, answer: Answer | None) -> None:
        waiting = self._awaited.get(delivery.key)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)
        elif answer is not None:
            await self._dealer.answer_late(delivery, answer)


async def _within(
    waiting: asyncio.Future[Answer | None], seconds: float
) -> Answer | None:
    try:
        return await asyncio.wait_for(asyncio.shield(waiting), seconds)
    except asyncio.TimeoutError:
        return None
