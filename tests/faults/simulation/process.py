"""The engine as one process has it, put together anew for each of its lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.clock import Clock
from bot.errors import TemporaryFailure
from bot.flow.intake import Limits
from bot.flow.worker import Pace
from bot.model.case import Priority
from bot.model.policy import IncidentRule, ServiceLevels
from bot.model.reading import Reading
from tests.builders import POLICY, shipped_answers
from tests.faults.simulation.desk import BoardDesk
from tests.faults.simulation.line import Line
from tests.faults.simulation.network import CHANNEL
from tests.faults.simulation.schedule import Fate, Gate
from tests.faults.simulation.wire import GatedRedis
from tests.first_line import ScriptedDialogue, ScriptedReadings

if TYPE_CHECKING:
    from tests.faults.simulation.world import World

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
    desk=replace(POLICY.desk, rating="How well did we help?"),
    acknowledge_within=timedelta(seconds=30),
    incidents=IncidentRule(
        cases=3,
        within=timedelta(seconds=60),
        likeness=0.8,
        ends_after=timedelta(seconds=40),
    ),
)

QUICK = Pace(max_tries=4, back_off=timedelta(seconds=1))  # what is poisoned ends soon


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

    def __init__(self, world: World, gate: Gate, clock: Clock | None = None) -> None:
        """Put it together; its clock is the right one if None is given."""
        self._world, self._gate = world, gate
        self.clock = clock or world.schedule.clock
        self.generation = world.code.get("bot.store.generation.Generation")(
            clock=self.clock, log=world.log
        )
        self.redis = GatedRedis(world.wire, gate, world.code.script, self.generation)
        self._channels = {CHANNEL: Line(world.network, gate, self.redis)}
        self._common = {"policy": HASTY, "clock": self.clock}

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
            answers=shipped_answers(),
            pace=QUICK,
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
            quiet=self.store("quiet.RedisQuietMode"),
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
            answers=shipped_answers(),
            clock=self.clock,
        )

    @cached_property
    def duties(self) -> Any:
        return self.store("duties.RedisDuties")

    @cached_property
    def incident_desk(self) -> Any:
        return self._world.code.get("bot.flow.incident_work.IncidentDesk")(
            incidents=self.store("incidents.RedisIncidents"),
            errands=self.store("errands.RedisErrands"),
            cases=self.store("cases.RedisCases"),
            events=self.store("events.RedisEvents"),
            duties=self.duties,
            channels=self._channels,
            **self._common,
        )

    @cached_property
    def runner(self) -> Any:
        return self._world.code.get("bot.flow.errands.ErrandRunner")(
            errands=self.store("errands.RedisErrands"),
            incidents=self.store("incidents.RedisIncidents"),
            relay=self.relay,
            duties=self.duties,
            clock=self.clock,
        )

    @cached_property
    def keeper(self) -> Any:
        return self._world.code.get("bot.flow.incidents.IncidentKeeper")(
            events=self.store("events.RedisEvents"),
            incidents=self.store("incidents.RedisIncidents"),
            duties=self.duties,
            log=self._world.log,
            generation=self.generation,
            **self._common,
        )

    @cached_property
    def feed(self) -> Any:
        get = self._world.code.get
        return get("bot.flow.desk_feed.DeskFeed")(
            BoardDesk(self._world.board, self._gate),
            self.store("events.RedisEvents"),
            self.relay,
            log=self._world.log,
            incidents=self.incident_desk,
            duty=get("bot.flow.duty.Duty")(self.duties, "desk:board"),
            clock=self.clock,
            generation=self.generation,
        )
