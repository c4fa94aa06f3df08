"""Moves the clock from message to message and lets everything happen in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.clock import ManualClock
from bot.model.event import Event, EventType
from bot.model.message import Malformed, MessageId
from bot.program import Firstline
from bot.replay.networks import Network, OnSimulator
from bot.replay.reading import Recorded, Unreadable


class Driver:
    """Replays recorded messages. A replay that was killed goes on by driving again.

    Attributes:
        events: everything that has happened, in order.
        latency_ms: for each message handled by this process, the real time from
            taking it into hand until its reply was sent.
    """

    def __init__(
        self,
        firstline: Firstline,
        clock: ManualClock,
        network: Network | None = None,
    ) -> None:
        """Replay through `network`; the simulated one if None."""
        self._firstline, self._clock = firstline, clock
        self._network = network or OnSimulator(firstline)
        self._cursors: dict[str, str] = {}
        self.events: list[Event] = []
        self.latency_ms: dict[str, float] = {}

    async def drive(
        self,
        rows: Sequence[Recorded | Unreadable],
        *,
        rate: float | None,
        progress: Callable[[], None],
    ) -> None:
        """Let every message be written at its time; end when nothing is left to do.

        `rate` is messages a second in real time, None for as fast as possible.
        """
        known = self._network.known()
        self._go_on_after(known, rows)
        await self._park([row for row in rows if isinstance(row, Unreadable)])
        for row in rows:
            if isinstance(row, Recorded):
                await self._until(row.at)
                self._clock.set(row.at)
                if row.id not in known:
                    self._network.write(row)
                await self._network.take_in()
                if rate is not None:
                    await asyncio.sleep(1 / rate)
            progress()
        await self._until(None)
        await self._tail(started=None)

    def _go_on_after(
        self, known: set[str], rows: Sequence[Recorded | Unreadable]
    ) -> None:
        """Set the clock to what was written before a kill.

        Else a message that is taken in only now were answered before it was written,
        and a reply that is looked up is looked for since then: it would go out twice.
        """
        for row in rows:
            if isinstance(row, Recorded) and row.id in known:
                self._clock.set(row.at)

    async def _park(self, rows: Sequence[Unreadable]) -> None:
        await self._firstline.store.inbox.accept(
            [
                Malformed(
                    channel=self._network.channel.name,
                    id=MessageId(row.id),
                    problem=row.problem,
                    raw="",
                )
                for row in rows
            ],
            now=self._clock.now(),
            quiet=timedelta(0),
            at_most=timedelta(0),
        )

    async def _until(self, moment: datetime | None) -> None:
        """Do everything that is due up to `moment`, each at its own time.

        Without a `moment` until nothing is left but to wait for people: no timer of
        a case is waited for after the last message.
        """
        store = self._firstline.store
        while True:
            dues = [await store.turns.next_due(), await store.outbox.next_due()]
            if moment is not None:
                dues.append(await store.timers.next_due())
            due = min((d for d in dues if d is not None), default=None)
            if due is None or (moment is not None and due > moment):
                return
            self._clock.set(due)
            started = time.perf_counter()
            await self._drain(self._firstline.worker.step)
            await self._drain(self._firstline.sender.step)
            await self._drain(self._firstline.timekeeper.step)
            await self._tail(started=started)

    async def _drain(self, step: Callable[[], Awaitable[int]]) -> None:
        while await step():
            pass

    async def _tail(self, *, started: float | None) -> None:
        """Read what has happened since the last time, and note how long it took."""
        new, self._cursors = await self._firstline.store.events.since(self._cursors)
        self.events += new
        if started is None:
            return
        took = (time.perf_counter() - started) * 1000
        for event in new:
            if event.type is EventType.MESSAGE_HANDLED:
                self.latency_ms[event.facts["message"]] = round(took, 1)
