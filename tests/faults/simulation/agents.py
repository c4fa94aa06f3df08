"""Agents: what they do at the desk, and what they know to have done."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Union

from bot.errors import CaseConflict, InputError, UnsafeText
from bot.flow.relay import Relay
from bot.flow.replies import NOT_ARRIVED
from bot.model.case import Act, AgentId, CaseId, CaseStatus, IncidentId
from bot.model.message import DIRECT, CustomerId, ThreadId
from bot.model.record import Author, Delivery
from bot.ports import CaseView, IncidentView
from tests.builders import POLICY
from tests.faults.simulation.schedule import Schedule

if TYPE_CHECKING:
    from tests.faults.simulation.process import Process

NAMES = (AgentId("ann"), AgentId("ben"), AgentId("cleo"))
RESOLUTION = next(iter(POLICY.resolutions))


@dataclass
class Click:
    """One act of an agent. `confirmed` is the step at which the desk said yes.

    `reply` is the key of the reply that is undone, or that a REPLY sends again.
    """

    agent: AgentId
    act: Act
    case: CaseId
    key: str
    customer: CustomerId
    begun: int
    until: datetime  # of a snooze
    to: AgentId  # who gets an assigned case
    text: str = ""
    thread: ThreadId = DIRECT
    reply: str = ""
    confirmed: int | None = None
    refused: str | None = None

    def __str__(self) -> str:
        return f"{self.agent} {self.act.value} {self.case} {self.key}"

    @property
    def text_key(self) -> str:
        """The key of the text that it sends."""
        return f"{self.reply}:again" if self.reply else f"{self.case}:{self.key}"

    async def ask(self, process: Process) -> None:
        """Ask the desk for it."""
        await _ASKED[self.act](process.relay, self)


@dataclass
class Commission:
    """What an agent wants done with all cases of an incident."""

    agent: AgentId
    incident: IncidentId
    key: str
    text: str = ""  # for every customer; "": the cases are resolved
    confirmed: int | None = None
    refused: str | None = None

    def __str__(self) -> str:
        return f"{self.agent} {'answers' if self.text else 'resolves'} {self.incident}"

    async def ask(self, process: Process) -> None:
        """Ask the desk for it."""
        desk = process.incident_desk
        if self.text:
            wordings = [self.text]
            await desk.answer_all(self.incident, self.agent, wordings, key=self.key)
        else:
            await desk.resolve_all(self.incident, self.agent, RESOLUTION, key=self.key)


@dataclass
class Agent:
    """A person at a desk: remembers clicks although the desk's process may die."""

    id: AgentId
    chance: random.Random
    clicks: list[Click] = field(default_factory=list)
    commissions: list[Commission] = field(default_factory=list)
    unsure: Union[Click, Commission, None] = None  # asked for, and no answer came

    async def act(self, process: Process, schedule: Schedule) -> int:
        """Do one thing, or once more what got no answer.

        Raises:
            TemporaryFailure: the store is away.
        """
        wish, trace = self.unsure, schedule.trace
        if wish is None:
            wish = await self._want(process, len(trace), schedule.clock.now())
            if wish is None:
                return 0
        self.unsure = wish if self.chance.random() < 0.8 else None  # or gives up
        try:
            await wish.ask(process)
            wish.confirmed = len(trace)
        except (CaseConflict, UnsafeText, InputError) as error:
            wish.refused = getattr(error, "code", type(error).__name__)
        self.unsure = None
        return 0

    async def _want(
        self, process: Process, step: int, now: datetime
    ) -> Union[Click, Commission, None]:
        """Look at the desk, at times at an incident, and choose what to do."""
        if self.chance.random() < 0.2:
            for incident in await process.incident_desk.incidents():
                if self.chance.random() < 0.3:
                    return self._commission(incident)
                view = await self._one_of(incident, process)
                if view is not None:
                    return self._click([view], step, now)
        return self._click((await process.relay.open_cases()).views, step, now)

    def _commission(self, view: IncidentView) -> Commission:
        number = len(self.commissions) + 1
        answers = self.chance.random() < 0.6
        made = Commission(
            agent=self.id,
            incident=view.incident.id,
            key=f"{self.id}-all-{number}",
            text=f"{self.id.title()} writes this to all, number {number}."
            if answers
            else "",
        )
        self.commissions.append(made)
        return made

    async def _one_of(
        self, incident: IncidentView, process: Process
    ) -> CaseView | None:
        cases = await process.incident_desk.cases(
            incident.incident.id, offset=0, limit=5
        )
        return await process.relay.view(self.chance.choice(cases).id) if cases else None

    def _click(
        self, views: Sequence[CaseView], step: int, now: datetime
    ) -> Click | None:
        if not views:
            return None
        mine = [view for view in views if view.case.assignee == self.id]
        busy = bool(mine) and self.chance.random() < 0.8
        view = self.chance.choice(mine if busy else views)
        free = view.case.status is CaseStatus.OPEN
        acts = _MINE if busy else _FREE if free else _ANY
        click = self._made(view, self.chance.choice(acts), step, now)
        self.clicks.append(click)
        return click

    def _made(self, view: CaseView, act: Act, step: int, now: datetime) -> Click:
        number = len(self.clicks) + 1
        act, reply = self._about_a_reply(view, act)
        return Click(
            agent=self.id,
            act=act,
            case=view.case.id,
            key=f"{self.id}-{number}",
            customer=view.case.customer,
            begun=step,
            until=now + timedelta(seconds=self.chance.uniform(3, 40)),
            to=self.chance.choice(NAMES),
            text=f"{self.id.title()} writes this, number {number}.",
            thread=view.case.thread,
            reply=reply,
        )

    def _about_a_reply(self, view: CaseView, act: Act) -> tuple[Act, str]:
        """Return what is done to which reply: undone in time, or sent again."""
        ours = [
            line
            for line in view.records
            if line.author is Author.AGENT and line.id.startswith(f"{view.case.id}:")
        ]
        failed = [line.id for line in ours if line.delivery in NOT_ARRIVED]
        waiting = [line.id for line in ours if line.delivery is Delivery.QUEUED]
        if failed and self.chance.random() < 0.5:
            return Act.REPLY, failed[-1]
        if waiting and self.chance.random() < 0.15:
            return Act.UNDO, waiting[-1]
        if view.case.answered_at is not None and self.chance.random() < 0.3:
            return Act.RESOLVE, ""
        return (act, ours[-1].id if act is Act.UNDO and ours else "")


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
    Act.ASSIGN,
    Act.UNDO,
)
_FREE = (*[Act.CLAIM] * 8, Act.ASSIGN, Act.GIVE_BACK)
_MINE = (*[Act.REPLY] * 6, *[Act.RESOLVE] * 3, Act.GIVE_BACK, Act.BLOCK, *_ANY)


async def _reply(relay: Relay, click: Click) -> None:
    if click.reply:
        await relay.retry(click.case, click.agent, click.reply)
        return
    await relay.reply(
        click.case, click.agent, click.text, thread=click.thread, key=click.key
    )


_ASKED: dict[Act, Callable[[Relay, Click], Awaitable[object]]] = {
    Act.CLAIM: lambda relay, c: relay.claim(c.case, c.agent),
    Act.RELEASE: lambda relay, c: relay.release(c.case, c.agent),
    Act.REPLY: _reply,
    Act.NOTE: lambda relay, c: relay.note(c.case, c.agent, c.text, key=c.key),
    Act.TAG: lambda relay, c: relay.tag(c.case, c.agent, [POLICY.tags[0], c.key]),
    Act.CORRECT: lambda relay, c: relay.correct(c.case, c.agent, "damaged_item"),
    Act.HAND_OVER: lambda relay, c: relay.hand_over(c.case, c.agent, "care"),
    Act.SNOOZE: lambda relay, c: relay.snooze(c.case, c.agent, c.until),
    Act.RESOLVE: lambda relay, c: relay.resolve(c.case, c.agent, RESOLUTION),
    Act.ASSIGN: lambda relay, c: relay.assign(c.case, c.agent, c.to, key=c.key),
    Act.GIVE_BACK: lambda relay, c: relay.give_back(c.case, c.agent, key=c.key),
    Act.BLOCK: lambda relay, c: relay.block(c.case, c.agent, key=c.key),
    Act.UNDO: lambda relay, c: relay.undo(c.case, c.agent, c.reply),
}
