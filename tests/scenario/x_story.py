"""The whole program beside a local X: customers there, agents here, one clock for all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import Firstline, open_firstline
from bot.clock import ManualClock
from bot.errors import TemporaryFailure
from bot.flow.audit import Audit, audit
from bot.flow.loop import Step
from bot.flow.outcomes import Outcomes, count_outcomes
from bot.log import Field
from bot.model.case import AgentId
from bot.nlu.engine import LoadedModel
from bot.ports import CaseView
from bot.settings import Settings
from bot.sim.x import LocalX, Person
from bot.sim.x.things import Post
from tests.builders import NOON, POLICY, ROOT

ANN = AgentId("ann")
BRAND = POLICY.handle
LOOK = timedelta(seconds=10)  # how often there is a look at everything


class XStory:
    """Customers write on X, time passes, agents act; what was received can be read."""

    def __init__(self, line: Firstline, x: LocalX, clock: ManualClock) -> None:
        assert line.x is not None
        self.line, self.x, self.clock = line, x, clock
        self.intake = line.x.intake
        self.troubles: list[str] = []
        self._read: dict[str, int] = {}

    # -- customers -----------------------------------------------------------------

    def person(self, name: str) -> Person:
        return self.x.person(name)

    def post(self, name: str, text: str, **more: object) -> Post:
        return self.person(name).post(f"@{BRAND} {text}", **more)

    def direct(self, name: str, text: str) -> None:
        self.person(name).message(self.x.brand, text)

    def received(self, name: str) -> list[str]:
        """Return all that somebody got from us, oldest first."""
        person = self.person(name)
        public = [p for p in self.x.posts() if p.in_reply_to_user_id == person.id]
        private = [d for d in self.x.sent_directs() if d.recipient_id == person.id]
        return [
            one.text for one in sorted([*public, *private], key=lambda o: int(o.id))
        ]

    def new(self, name: str) -> list[str]:
        """Return what somebody got since this was last asked."""
        got = self.received(name)
        fresh = got[self._read.get(name, 0) :]
        self._read[name] = len(got)
        return fresh

    # -- people --------------------------------------------------------------------

    async def cases(self) -> list[CaseView]:
        return list((await self.line.relay.open_cases()).views)

    async def case(self) -> CaseView:
        (view,) = await self.cases()
        return view

    async def reply(self, view: CaseView, text: str, *, key: str = "r1") -> None:
        await self.line.relay.claim(view.case.id, ANN)
        thread = view.case.thread
        await self.line.relay.reply(view.case.id, ANN, text, thread=thread, key=key)

    # -- time ----------------------------------------------------------------------

    async def later(self, **length: float) -> None:
        """Let so much time pass, with everything that is due in it."""
        until = self.clock.now() + timedelta(**(length or {"minutes": 3}))
        while self.clock.now() < until:
            await self.work()
            due = await self._next_due() or until
            now = self.clock.now()
            self.clock.set(
                min(until, max(due, now + timedelta(milliseconds=50)), now + LOOK)
            )
        await self.work()

    async def work(self) -> None:
        """Do what is due now."""
        for step in (
            self.intake.step,
            self.line.worker.step,
            self.line.sender.step,
            self.line.timekeeper.step,
        ):
            await self._drained(step)

    async def _drained(self, step: Step) -> None:
        try:
            while await step():
                pass
        except TemporaryFailure as failure:
            self.troubles.append(str(failure))

    async def _next_due(self) -> datetime | None:
        store = self.line.store
        dues = (await store.turns.next_due(), await store.outbox.next_due())
        return min((due for due in dues if due), default=None)

    # -- judgement -------------------------------------------------------------------

    async def outcomes(self) -> Outcomes:
        return await count_outcomes(self.line.store.events)

    async def audit(self) -> Audit:
        limit = timedelta(hours=1)
        return await audit(self.line.store.events, now=self.clock.now(), limit=limit)


@asynccontextmanager
async def x_story(
    folder: Path, model: LoadedModel, *, limited: bool = True
) -> AsyncIterator[XStory]:
    """Everything, connected, at noon."""
    clock = ManualClock(NOON)
    async with LocalX(brand=BRAND, clock=clock, limited=limited) as x:
        keys = x.credentials
        env = {
            "FIRSTLINE_VAR": str(folder),
            "FIRSTLINE_X_API_URL": x.url,
            "FIRSTLINE_X_CONSUMER_KEY": keys.consumer_key,
            "FIRSTLINE_X_CONSUMER_SECRET": keys.consumer_secret,
            "FIRSTLINE_X_ACCESS_TOKEN": keys.access_token,
            "FIRSTLINE_X_ACCESS_TOKEN_SECRET": keys.access_token_secret,
        }
        settings = Settings.from_env(ROOT, env)
        async with open_firstline(
            settings, model=model, clock=clock, log=_silent
        ) as line:
            yield XStory(line, x, clock)


def _silent(event: str, /, **fields: Field) -> None:
    """Say nothing: what is wrong shows in what customers got."""
