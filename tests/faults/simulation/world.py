"""One run: a network, customers, agents, and the engine's processes under faults."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import Any
from unittest.mock import patch

from bot.clock import ManualClock
from bot.errors import TemporaryFailure
from bot.flow.intake import Limits
from bot.knowledge.answers import DomainAnswers
from bot.log import Field
from bot.model.case import Priority
from bot.model.policy import ServiceLevels
from bot.model.reading import Reading
from bot.store import keys
from tests.builders import NOON, POLICY, ROOT
from tests.faults.simulation.code import Code
from tests.faults.simulation.network import CHANNEL, Line, Network
from tests.faults.simulation.people import Agent, Customer
from tests.faults.simulation.schedule import CALM, Fate, Gate, Schedule
from tests.faults.simulation.wire import GatedRedis, Wire
from tests.first_line import ScriptedDialogue, ScriptedReadings

SHARDS = keys.SHARDS[:2]  # fewer than in production: more customers meet in each
PROCESSES = (
    *("intake-1", "intake-2", "worker-1", "worker-2", "worker-3"),
    *("sender-1", "sender-2", "timekeeper-1", "timekeeper-2"),
    *("desk-ann", "desk-ben", "desk-cleo", "operator"),
)
HASTY = replace(  # whatever may happen to a case when time passes happens in one run
    POLICY,
    service=ServiceLevels(
        first_answer={
            Priority.URGENT: timedelta(seconds=20),
            Priority.HIGH: timedelta(seconds=30),
            Priority.NORMAL: timedelta(seconds=40),
            Priority.LOW: timedelta(seconds=60),
        },
        remind_before=timedelta(seconds=10),
        unclaimed=timedelta(seconds=15),
        claim_silence=timedelta(seconds=25),
        follow_up=timedelta(seconds=20),
    ),
    reopen_within=timedelta(seconds=30),
    acknowledge_within=timedelta(seconds=30),
)


@lru_cache
def answers() -> DomainAnswers:
    return DomainAnswers(ROOT / "domain.yml", POLICY)


class Readings(ScriptedReadings):
    """The model of one process. What is poisoned breaks it until it is mended."""

    def __init__(self, world: World, gate: Gate) -> None:
        super().__init__()
        self._world, self._gate = world, gate

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        fate = await self._gate.call("read with the model")
        if fate in (Fate.LOST_BEFORE, Fate.LOST_AFTER):
            raise TemporaryFailure("simulated: the model is away")
        if fate is Fate.DIES_AFTER:
            await self._gate.die()
        await self._gate.pause(self._world.reading_takes())
        if not self._world.mended and any("poison" in text for text in texts):
            raise ZeroDivisionError("a defect in the model")
        return await super().read(texts)


class Process:
    """The engine's parts as one process has them. Its memory dies with it."""

    def __init__(self, world: World, gate: Gate) -> None:
        self._world, self._gate = world, gate
        self.redis = GatedRedis(world.wire, gate, world.code.script)
        self._channels = {CHANNEL: Line(world.network, gate)}
        self._common = {"policy": HASTY, "clock": world.schedule.clock}

    def store(self, name: str) -> Any:
        return self._world.code.get(f"bot.store.{name}")(self.redis)

    @cached_property
    def intake(self) -> Any:
        made = self._world.code.get("bot.flow.intake.Intake")
        return made(
            self._channels[CHANNEL],
            self.store("inbox.RedisInbox"),
            limits=Limits(pause_at=9, resume_at=4, urgent=6, look=8),
            **self._common,
        )

    @cached_property
    def worker(self) -> Any:
        return self._world.code.get("bot.flow.worker.Worker")(
            turns=self.store("turns.RedisTurns"),
            understanding=Readings(self._world, self._gate),
            dialogue=ScriptedDialogue(),
            answers=answers(),
            channels=self._channels,
            log=self._world.log,
            **self._common,
        )

    @cached_property
    def outbox(self) -> Any:
        made = self._world.code.get("bot.store.outbox.RedisOutbox")
        return made(self.redis, self._channels)

    @cached_property
    def sender(self) -> Any:
        return self._world.code.get("bot.flow.sender.Sender")(
            outbox=self.outbox,
            cases=self.store("cases.RedisCases"),
            channels=self._channels,
            log=self._world.log,
            **self._common,
        )

    @cached_property
    def timers(self) -> Any:
        return self.store("timers.RedisTimers")

    @cached_property
    def timekeeper(self) -> Any:
        made = self._world.code.get("bot.flow.timekeeper.Timekeeper")
        return made(self.timers, log=self._world.log, **self._common)

    @cached_property
    def relay(self) -> Any:
        return self._world.code.get("bot.flow.relay.Relay")(
            self.store("cases.RedisCases"),
            self._channels,
            HASTY,
            answers=answers(),
            clock=self._world.schedule.clock,
        )


@dataclass(frozen=True)
class Defect:
    """An error that nothing in the engine expected."""

    process: str
    error: str


class World:
    """Everything of one seed. `run` lets it happen; then the judge looks at it."""

    def __init__(self, seed: int, wire: Wire, code: Code | None = None) -> None:
        self.seed, self.wire, self.code = seed, wire, code or Code()
        self.chance = random.Random(seed)
        self.schedule = Schedule(self.chance, ManualClock(NOON))
        self.network = Network(self.schedule, self.chance)
        self.agents = [
            Agent(name, self.chance)  # type: ignore[arg-type]  # an AgentId
            for name in ("ann", "ben", "cleo")
        ]
        self.defects: list[Defect] = []
        self.logged: list[tuple[str, dict[str, Field]]] = []
        self.mended = False  # whether what was poisoned can be read
        self.unsettled = False
        self.hangs = self.schedule.weather.hangs
        self._stopping = False
        self._slowness = self.chance.choice((0.0, 0.5, 4.0))

    def reading_takes(self) -> float:
        """Return how long the model is at it now, in seconds: people act meanwhile."""
        return self.chance.uniform(0, self._slowness)

    def log(self, event: str, /, **fields: Field) -> None:
        self.logged.append((event, fields))

    async def run(self) -> None:
        with patch.object(keys, "SHARDS", SHARDS), self.code.in_force():
            self.wire.call("FLUSHDB")
            self._begin()
            try:
                end = NOON + timedelta(seconds=self.chance.uniform(60, 150))
                await self.schedule.run(until=end)
                self.schedule.weather, self._stopping = CALM, True
                await self.schedule.run()  # everybody finishes what is in hand
                await self._settle()
            finally:
                await self.schedule.close()

    def hands(self) -> Process:
        """Return the parts of a process that nothing befalls."""
        return Process(self, Gate(None, "judge"))

    def _begin(self) -> None:
        for number in range(self.chance.randint(4, 9)):
            customer = Customer(number, self.network, self.chance)
            gate = Gate(self.schedule, customer.id)
            self.schedule.start(customer.live(gate, seconds=70))
        if self.chance.random() < 0.3:
            self.network.garble(1)
        for name in PROCESSES:
            self._bear(name, 1)

    def _bear(self, name: str, life: int) -> None:
        gate = Gate(
            self.schedule,
            f"{name}.{life}",
            on_death=lambda: self._bear(name, life + 1),
        )
        self.schedule.start(self._live(name, gate, waits=life > 1))

    async def _live(self, name: str, gate: Gate, *, waits: bool) -> None:
        await gate.pause(self.chance.uniform(0.2, 10) if waits else 0.0)
        step = self._step_of(name, Process(self, gate))
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
            await gate.pause(pause * self.chance.uniform(0.5, 1.5))

    def _step_of(self, name: str, process: Process) -> Callable[[], Awaitable[int]]:
        role, _, who = name.partition("-")
        if role == "desk":
            agent = next(agent for agent in self.agents if agent.id == who)
            return lambda: agent.act(process.relay, self.schedule)
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
        turns, outbox = self.store_of(process)
        for _ in range(400):
            await process.intake.step()
            dues = (
                *(await turns.next_due(), await outbox.next_due()),
                *(await process.timers.next_due(), self.network.holds_back),
            )
            due = min((due for due in dues if due), default=None)
            if due is None:
                return
            self.schedule.clock.set(due)
            await process.worker.step()
            await process.sender.step()
            await process.timekeeper.step()
        self.unsettled = True

    def store_of(self, process: Process) -> tuple[Any, Any]:
        return process.store("turns.RedisTurns"), process.outbox
