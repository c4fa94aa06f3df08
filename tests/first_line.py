"""A first line on a real store, with scripted readings and a manual clock.

For tests of the engine, which must not depend on what a model happens to read. A
text names its own reading: "faq/stores 0.9" is read as that label with that
confidence, "faq/stores 0.9 + opt_out 0.8" as both, and anything else as an unsure
"out_of_scope".
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock, SystemClock
from bot.flow.errands import ErrandRunner
from bot.flow.incident_work import IncidentDesk
from bot.flow.incidents import IncidentKeeper
from bot.flow.intake import Intake
from bot.flow.learner import Learner
from bot.flow.loop import keep_stepping
from bot.flow.relay import Relay
from bot.flow.review_queue import ReviewQueue
from bot.flow.sender import Sender
from bot.flow.timekeeper import Timekeeper
from bot.flow.worker import Worker
from bot.log import Field
from bot.model.policy import Policy
from bot.model.reading import Entity, Reading
from bot.ports import DialogueTurn, Generation
from bot.store.cases import RedisCases
from bot.store.duties import RedisDuties
from bot.store.errands import RedisErrands
from bot.store.events import RedisEvents
from bot.store.inbox import RedisInbox
from bot.store.incidents import RedisIncidents
from bot.store.outbox import RedisOutbox
from bot.store.quiet import RedisQuietMode
from bot.store.reviews import RedisReviews
from bot.store.timers import RedisTimers
from bot.store.turns import RedisTurns
from bot.store.wordings import RedisWordings
from tests.builders import NOON, POLICY, reading, shipped_answers
from tests.contract.fake_channel import FakeChannel

if TYPE_CHECKING:
    from redis.asyncio import Redis

_LABEL = re.compile(r"([a-z_]+(?:/[a-z_]+)?) (0\.\d+|1\.0)")
_SEVERAL = re.compile(rf"{_LABEL.pattern}(?: \+ {_LABEL.pattern})+")


class ScriptedReadings:
    """Reads the label that a text names. A text with "poison" breaks it."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        self.batches.append(list(texts))
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Reading:
        several = _SEVERAL.search(text)
        found = _LABEL.findall(several[0] if several else text)
        if not found:
            return reading("out_of_scope", 0.2)
        first, *others = (reading(label, float(sure)) for label, sure in found)
        requests = (
            (first.top, *(one.top for one in others)) if several else (first.top,)
        )
        return replace(first, requests=requests)


class ScriptedDialogue:
    """Asks for a number, then answers: one question, whatever the customer says."""

    async def turn(
        self,
        text: str,
        *,
        label: str,
        confidence: float,
        entities: tuple[Entity, ...],
        state: str | None,
        now: datetime,
    ) -> DialogueTurn:
        if "poison" in text:
            raise ZeroDivisionError("a defect in the dialogue")
        if state is None:
            return DialogueTurn(texts=("Which order is it?",), state="{}", asked=True)
        return DialogueTurn(texts=("It is on its way.",), state=None, asked=False)


class FirstLine:
    """Everything between a channel and the store, stepped by the test."""

    def __init__(
        self,
        redis: Redis[str],
        channel,
        clock: ManualClock | SystemClock | None = None,
        *,
        policy: Policy = POLICY,
    ):
        self.clock = clock or ManualClock(NOON)
        self.channel = channel
        self.logged: list[tuple[str, dict[str, Field]]] = []
        self.readings = ScriptedReadings()
        self.inbox, self.turns = RedisInbox(redis), RedisTurns(redis)
        self.cases, self.quiet = RedisCases(redis), RedisQuietMode(redis)
        self.events, self.timers = RedisEvents(redis), RedisTimers(redis)
        self.incidents, self.duties = RedisIncidents(redis), RedisDuties(redis)
        answers = shipped_answers(policy)
        channels = {channel.name: channel}
        self.answers, self.channels = answers, channels
        self.reviews = RedisReviews(redis)
        self.outbox = RedisOutbox(redis, channels)
        self.wordings, self.policy = RedisWordings(redis), policy
        self.intake = Intake(channel, self.inbox, policy, clock=self.clock)
        self.worker = Worker(
            turns=self.turns,
            understanding=self.readings,
            dialogue=ScriptedDialogue(),
            answers=answers,
            channels=channels,
            policy=policy,
            clock=self.clock,
            log=self.log,
        )
        self.sender = self.new_sender()
        self.timekeeper = Timekeeper(
            self.timers, policy, clock=self.clock, log=self.log
        )
        self.relay = Relay(
            self.cases,
            channels,
            policy,
            answers=answers,
            clock=self.clock,
            outbox=self.outbox,
        )
        self.keeper = self.new_keeper()
        self.errands = RedisErrands(redis)
        self.incident_desk = IncidentDesk(
            incidents=self.incidents,
            errands=self.errands,
            cases=self.cases,
            events=self.events,
            duties=self.duties,
            channels=channels,
            policy=policy,
            clock=self.clock,
        )
        self.runner = self.new_runner()
        self.learner = self.new_learner()
        self.queue = ReviewQueue(self.reviews, clock=self.clock)

    def new_sender(self, **other) -> Sender:
        """Return one more process that sends; `other` is what it has of its own."""
        given = {
            "outbox": self.outbox,
            "cases": self.cases,
            "channels": self.channels,
            "policy": self.policy,
            "clock": self.clock,
            "log": self.log,
            "quiet": self.quiet,
            "wordings": self.wordings,
        }
        return Sender(**{**given, **other})

    def new_learner(self, generation: Generation | None = None) -> Learner:
        """Return one more process that fills the review queue."""
        return Learner(
            events=self.events,
            reviews=self.reviews,
            cases=self.cases,
            answers=self.answers,
            channels=self.channels,
            duties=self.duties,
            policy=self.policy,
            clock=self.clock,
            log=self.log,
            generation=generation,
        )

    def new_runner(self) -> ErrandRunner:
        """Return one more process that runs errands."""
        return ErrandRunner(
            errands=self.errands,
            incidents=self.incidents,
            relay=self.relay,
            duties=self.duties,
            clock=self.clock,
        )

    def new_keeper(self, generation: Generation | None = None) -> IncidentKeeper:
        """Return one more process that keeps incidents."""
        return IncidentKeeper(
            events=self.events,
            incidents=self.incidents,
            duties=self.duties,
            policy=self.policy,
            clock=self.clock,
            log=self.log,
            generation=generation,
        )

    def log(self, event: str, /, **fields: Field) -> None:
        self.logged.append((event, fields))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the loops in real time, as the program does."""
        stop = asyncio.Event()
        steps = {
            "intake": self.intake,
            "worker": self.worker,
            "sender": self.sender,
            "timekeeper": self.timekeeper,
        }
        loops = asyncio.gather(
            *(
                keep_stepping(name, part.step, stop=stop, log=self.log)
                for name, part in steps.items()
            )
        )
        try:
            yield
        finally:
            stop.set()
            await loops

    async def settle(self) -> None:
        """Let time pass until nothing is left to do but to wait for people."""
        await self.intake.step()
        while True:
            dues = (await self.turns.next_due(), await self.outbox.next_due())
            due = min((d for d in dues if d is not None), default=None)
            if due is None:
                return
            self.clock.set(due)
            await self.worker.step()
            await self.sender.step()
            await self.timekeeper.step()
            await self.intake.step()


def on_simulator(
    redis: Redis[str],
    folder: Path,
    *,
    clock: ManualClock | SystemClock | None = None,
    policy: Policy = POLICY,
    network: type[SimulatorChannel] = SimulatorChannel,
    **told,
) -> FirstLine:
    """Return a first line on a simulated network, whose file is in `folder`.

    `told` is what else the network is told: its rules, its allowances, its page.
    """
    clock = clock or ManualClock(NOON)
    file, handle = folder / "net.db", policy.handle
    channel = network(file, brand_handle=handle, clock=clock, **told)
    return FirstLine(redis, channel, clock, policy=policy)


def on_fake(redis: Redis[str], *, policy: Policy = POLICY) -> FirstLine:
    """Return a first line on a network that is nothing but lists, and no file."""
    clock = ManualClock(NOON)
    channel = FakeChannel(clock=clock, name="simulator")
    return FirstLine(redis, channel, clock, policy=policy)
