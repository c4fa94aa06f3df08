"""Customers and agents: what they do, and what they know to have done."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.errors import CaseConflict, InputError, UnsafeText
from bot.flow.relay import Relay
from bot.model.case import Act, AgentId, CaseId, CaseStatus
from bot.model.message import (
    DIRECT,
    CustomerId,
    Message,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.ports import CaseView
from tests.builders import POLICY
from tests.faults.simulation.network import CHANNEL, Network
from tests.faults.simulation.schedule import Gate, Schedule

if TYPE_CHECKING:
    from tests.faults.simulation.process import Process

# What customers say, by how often. Texts name their own reading (tests/first_line.py).
SAYINGS = (
    ("faq/delivery_cost 0.97", 5),
    ("faq/delivery_times 0.97", 3),
    ("damaged_item 0.9", 3),
    ("human_request 0.9", 2),
    ("words that nobody understands", 3),
    ("order_status 0.95", 3),
    ("thanks 0.9", 1),
    ("chatter 0.95", 2),
    ("stop", 1),
    ("start", 1),
    ("poison faq/delivery_cost 0.97", 1),
)
IGNORABLE = ("thanks", "chatter", "stop", "start")  # the rest always gets something


class Customer:
    """Writes some messages in public and in private, often in bursts."""

    def __init__(self, number: int, network: Network, chance: random.Random) -> None:
        self.id = CustomerId(f"{CHANNEL}:c{number}")
        self._network, self._chance = network, chance
        self._public = ThreadId(f"p{number}:c{number}")

    async def live(self, gate: Gate, *, seconds: float) -> None:
        ends = self._network.clock.now() + timedelta(seconds=seconds)
        await gate.pause(self._chance.uniform(0, seconds / 2))
        for _ in range(self._chance.randint(1, 7)):
            if self._network.clock.now() < ends:
                self.write()
                await gate.pause(self._pause())

    def _pause(self) -> float:
        burst = self._chance.random() < 0.5
        return self._chance.uniform(0.0, 1.5) if burst else self._chance.uniform(2, 25)

    def write(self) -> None:
        texts, weights = zip(*SAYINGS, strict=True)
        private = self._chance.random() < 0.6
        message = Message(
            channel=CHANNEL,
            id=MessageId(f"m{len(self._network.written) + 1}"),
            customer=self.id,
            thread=DIRECT if private else self._public,
            text=self._chance.choices(texts, weights)[0],
            visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
            sent_at=self._network.clock.now(),
            handle=self.id.partition(":")[2],
            summoned=private or self._chance.random() < 0.9,
        )
        self._network.write(message)


@dataclass
class Click:
    """One act of an agent. `confirmed` is the step at which the desk said yes."""

    agent: AgentId
    act: Act
    case: CaseId
    key: str
    customer: CustomerId
    begun: int
    until: datetime  # of a snooze
    text: str = ""
    thread: ThreadId = DIRECT
    confirmed: int | None = None
    refused: str | None = None

    def __str__(self) -> str:
        return f"{self.agent} {self.act.value} {self.case} {self.key}"


@dataclass
class Agent:
    """A person at a desk: remembers clicks although the desk's process may die."""

    id: AgentId
    chance: random.Random
    clicks: list[Click] = field(default_factory=list)
    unsure: Click | None = None  # clicked, and no answer came

    async def act(self, process: Process, schedule: Schedule) -> int:
        """Do one thing, or once more what got no answer.

        Raises:
            TemporaryFailure: the store is away.
        """
        click, trace = self.unsure, schedule.trace
        if click is None:
            views = await self._look(process)
            click = self._choose(views, len(trace), schedule.clock.now())
            if click is None:
                return 0
            self.clicks.append(click)
        self.unsure = click if self.chance.random() < 0.8 else None  # or gives up
        try:
            await _ask(process.relay, click)
            click.confirmed = len(trace)
        except (CaseConflict, UnsafeText, InputError) as error:
            click.refused = getattr(error, "code", type(error).__name__)
        self.unsure = None
        return 0

    async def _look(self, process: Process) -> Sequence[CaseView]:
        """Return the cases with cards of their own, or one from an incident's list."""
        if self.chance.random() < 0.2:
            for incident in await process.incident_desk.incidents():
                cases = await process.incident_desk.cases(
                    incident.incident.id, offset=0, limit=5
                )
                if cases:
                    return [await process.relay.view(self.chance.choice(cases).id)]
        return (await process.relay.open_cases()).views

    def _choose(
        self, views: Sequence[CaseView], step: int, now: datetime
    ) -> Click | None:
        if not views:
            return None
        mine = [view for view in views if view.case.assignee == self.id]
        busy = bool(mine) and self.chance.random() < 0.8
        view = self.chance.choice(mine if busy else views)
        free = view.case.status is CaseStatus.OPEN
        acts = _MINE if busy else (Act.CLAIM,) if free else _ANY
        act = self.chance.choice(acts)
        number = len(self.clicks) + 1
        return Click(
            agent=self.id,
            act=act,
            case=view.case.id,
            key=f"{self.id}-{number}",
            customer=view.case.customer,
            begun=step,
            until=now + timedelta(seconds=self.chance.uniform(3, 40)),
            text=f"{self.id.title()} writes this, number {number}.",
            thread=view.case.thread,
        )


_ANY = (
    Act.CLAIM,
    Act.RELEASE,
    Act.REPLY,
    Act.NOTE,
    Act.TAG,
    Act.CORRECT,
    Act.HAND_OVER,
    Act.SNOOZE,
    Act.RESOLVE,
)
_MINE = (*[Act.REPLY] * 4, *[Act.RESOLVE] * 2, *_ANY)


async def _ask(relay: Relay, click: Click) -> None:
    case, agent, key = click.case, click.agent, click.key
    if click.act is Act.CLAIM:
        await relay.claim(case, agent)
    elif click.act is Act.RELEASE:
        await relay.release(case, agent)
    elif click.act is Act.REPLY:
        await relay.reply(case, agent, click.text, thread=click.thread, key=key)
    elif click.act is Act.NOTE:
        await relay.note(case, agent, click.text, key=key)
    elif click.act is Act.TAG:
        await relay.tag(case, agent, [POLICY.tags[0], key])
    elif click.act is Act.CORRECT:
        await relay.correct(case, agent, "damaged_item")
    elif click.act is Act.HAND_OVER:
        await relay.hand_over(case, agent, "care")
    elif click.act is Act.SNOOZE:
        await relay.snooze(case, agent, click.until)
    else:
        await relay.resolve(case, agent, next(iter(POLICY.resolutions)))
