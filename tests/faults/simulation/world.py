"""One run: a network, customers, agents, and the engine's processes under faults."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

from bot.clock import Clock, ManualClock
from bot.errors import TemporaryFailure
from bot.flow import duty
from bot.log import Field
from bot.store import keys
from tests.builders import NOON
from tests.faults.simulation.agents import NAMES, Agent
from tests.faults.simulation.clocks import WrongClock
from tests.faults.simulation.code import Code
from tests.faults.simulation.customers import STORMS, Customer
from tests.faults.simulation.desk import Board
from tests.faults.simulation.network import Network
from tests.faults.simulation.process import Process
from tests.faults.simulation.schedule import CALM, Gate, Schedule
from tests.faults.simulation.wire import Wire

SHARDS = keys.SHARDS[:2]  # fewer than in production: more customers meet in each
PROCESSES = (
    *("intake-1", "intake-2", "worker-1", "worker-2", "worker-3"),
    *("sender-1", "sender-2", "timekeeper-1", "timekeeper-2"),
    *("keeper-1", "keeper-2", "feed-1", "feed-2", "runner-1", "runner-2"),
    *("desk-ann", "desk-ben", "desk-cleo", "operator"),
)
FAILOVERS = 0.2  # of all runs
STORMY = 0.3  # those in which many write the same
ROUNDS = 100  # ten times what a sound run needs to come to rest; 12 were seen
RARELY = (
    "keeper",
    "feed",
    "runner",
)  # look less often: else each run would take twice as long


@dataclass(frozen=True)
class Defect:
    """An error that nothing in the engine expected."""

    process: str
    error: str


class World:
    """Everything of one seed. `run` lets it happen; then the judge looks at it."""

    def __init__(
        self,
        seed: int,
        wire: Wire,
        code: Code | None = None,
        *,
        clocks_wrong_by: timedelta | None = None,
    ) -> None:
        """Begin with `seed`; every clock is right if nothing is said of it."""
        self.seed, self.wire, self.code = seed, wire, code or Code()
        self.clocks_wrong_by = clocks_wrong_by
        self.chance = random.Random(seed)
        self.schedule = Schedule(self.chance, ManualClock(NOON))
        self.network, self.board = Network(self.schedule, self.chance), Board()
        self.agents = [Agent(name, self.chance) for name in NAMES]
        self.defects: list[Defect] = []
        self.logged: list[tuple[str, dict[str, Field]]] = []
        self.mended = False  # whether what was poisoned can be read
        self.unsettled = False
        self.weather = self.schedule.weather
        self.failed_over = False  # to a copy that lacks the last moments
        self._stopping = False
        self._slowness = self.chance.choice((0.0, 0.5, 4.0))

    def reading_takes(self) -> float:
        """Return how long the model is at it now, in seconds: people act meanwhile."""
        return self.chance.uniform(0, self._slowness)

    def log(self, event: str, /, **fields: Field) -> None:
        self.logged.append((event, fields))

    async def run(self) -> None:
        with self._patched():
            self.wire.begin()
            self._begin()
            try:
                end = NOON + timedelta(seconds=self.chance.uniform(60, 150))
                await self.schedule.run(until=end)
                self.schedule.weather, self._stopping = CALM, True
                await self.schedule.run()  # everybody finishes what is in hand
                await self._settle()
            finally:
                await self.schedule.close()

    @contextmanager
    def _patched(self) -> Iterator[None]:
        """Use few shards, no thread, and no source of chance but the seed."""

        async def here(call: Callable[..., object], *args: object, **named: object):
            return call(*args, **named)

        with ExitStack() as stack:
            stack.enter_context(patch.object(keys, "SHARDS", SHARDS))
            stack.enter_context(patch.object(asyncio, "to_thread", here))
            stack.enter_context(patch.object(duty, "uuid4", self._id))
            stack.enter_context(self.code.in_force())
            yield

    def _id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    def hands(self) -> Process:
        """Return the parts of a process that nothing befalls."""
        return Process(self, Gate(None, "judge"))

    def _begin(self) -> None:
        storm = self.chance.choice(STORMS) if self.chance.random() < STORMY else ""
        for number in range(self.chance.randint(4, 9)):
            customer = Customer(number, self.network, self.chance, storm=storm)
            gate = Gate(self.schedule, customer.id)
            self.schedule.start(customer.live(gate, seconds=70))
        if self.chance.random() < 0.3:
            self.network.garble(1)
        if self.chance.random() < FAILOVERS:
            self.schedule.start(self._fail_over(Gate(self.schedule, "failover")))
        for name in PROCESSES:
            self._bear(name, 1)

    async def _fail_over(self, gate: Gate) -> None:
        """Lose the store; a replica goes on that lacks the last moments."""
        await gate.pause(self.chance.uniform(10, 80))
        self.wire.copy()
        self.schedule.record("store", "the replica has all until here")
        await gate.pause(self.chance.uniform(0.1, 15))
        self.wire.fail_over()
        self.failed_over = True
        self.schedule.record("store", "the replica takes over")

    def _bear(self, name: str, life: int) -> None:
        gate = Gate(
            self.schedule,
            f"{name}.{life}",
            on_death=lambda: self._bear(name, life + 1),
        )
        self.schedule.start(self._live(name, gate, waits=life > 1))

    async def _live(self, name: str, gate: Gate, *, waits: bool) -> None:
        await gate.pause(self.chance.uniform(0.2, 10) if waits else 0.0)
        step = self._step_of(name, Process(self, gate, self._clock_of(gate)))
        pause = 0.05
        while not self._stopping:
            try:
                done = await step()
            except TemporaryFailure:
                done = 0
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a defect
                self.defects.append(Defect(gate.process, repr(error)))
                done = 0
            pause = 0.02 if done else min(pause * 2, 3.0)
            least = 1.0 if name.startswith(RARELY) else 0.0
            await gate.pause(max(pause, least) * self.chance.uniform(0.5, 1.5))

    def _clock_of(self, gate: Gate) -> Clock | None:
        if self.clocks_wrong_by is None:
            return None
        name = f"{self.seed} {gate.process}"
        return WrongClock(self.schedule.clock, by=self.clocks_wrong_by, name=name)

    def _step_of(self, name: str, process: Process) -> Callable[[], Awaitable[int]]:
        role, _, who = name.partition("-")
        if role == "desk":
            agent = next(agent for agent in self.agents if agent.id == who)
            return lambda: agent.act(process, self.schedule)
        if role == "operator":
            return lambda: self._operate(process)
        return getattr(process, role).step

    async def _operate(self, process: Process) -> int:
        """Replay dead letters now and then, at times before their cause is mended."""
        if self.chance.random() < 0.05:
            await self._replay(process)
        return 0

    async def _replay(self, process: Process) -> None:
        dead = process.store("dead.RedisDeadLetters")
        for letters in await dead.every():
            self.mended = self.mended or self.chance.random() < 0.5
            now = self.schedule.clock.now()
            await dead.replay(letters.customer, now=now, by="operator")

    async def _settle(self) -> None:
        """Let time pass until nothing is left to do, without any fault."""
        process = self.hands()
        await self._until_quiet(process)
        if self.chance.random() < 0.5:
            self.mended = True
            for _ in range(2):  # who does it again replays nothing again
                await self._replay(process)
                await self._until_quiet(process)

    async def _until_quiet(self, process: Process) -> None:
        """Do what is due; when nothing is, let the desk follow."""
        for _ in range(20):
            await self._until_nothing_is_due(process)
            if self.unsettled:
                return
            self.schedule.clock.advance(duty.LENGTH.total_seconds() + 1)  # of the dead
            kept = await process.keeper.step()
            shown = await process.feed.step()
            carried_out = await process.runner.step()
            if not (kept or shown or carried_out or await self._is_due(process)):
                return
        self.unsettled = True

    async def _is_due(self, process: Process) -> bool:
        due = await self._next_due(process)
        return due is not None and due <= self.schedule.clock.now()

    async def _until_nothing_is_due(self, process: Process) -> None:
        for _ in range(ROUNDS):
            await process.intake.step()
            due = await self._next_due(process)
            if due is None:
                return
            self.schedule.clock.set(due)
            await process.worker.step()
            await process.sender.step()
            await process.timekeeper.step()
        self.unsettled = True

    async def _next_due(self, process: Process) -> Any:
        dues = (
            await process.store("turns.RedisTurns").next_due(),
            *(await process.outbox.next_due(), await process.timers.next_due()),
            self.network.holds_back,
        )
        return min((due for due in dues if due), default=None)
