"""Makes Slack equal to the cases, a few writes at a time, and never doubles anything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Protocol, TypeVar

from bot.clock import Clock
from bot.desk.slack.aftermath import Aftermath, due_after
from bot.desk.slack.client import SlackClient, Workspace
from bot.desk.slack.drawing import Pencil
from bot.desk.slack.lookup import SETTLED, Lookup
from bot.desk.slack.memory import SPOILT, Memory
from bot.desk.slack.routes import Directory
from bot.desk.slack.subjects import Subjects
from bot.desk.slack.visit import Job, Visitor
from bot.desk.slack.writing import Writer
from bot.errors import PermanentFailure, StoreUnavailable, TemporaryFailure
from bot.log import Log
from bot.model.policy import Policy
from bot.ports import CaseWork, Generation, IncidentWork
from bot.ports.chat import CardBook, Dirty, Shown

LOOK_EVERY = timedelta(milliseconds=250)  # a lane is free once in a second
WINDOW = 1000  # marked cases among which the next are chosen
READS = 10  # of them in one step: nothing else in the process is to wait for us
AT_ONCE = 8  # cases that are written at the same time
LOOKS = 10  # at cards whose figures may have changed, before each of them that has
FIGURES_EVERY = timedelta(seconds=3)  # one card's: a part of what Slack lets us write
FIGURES_WAIT = timedelta(hours=1)  # so much later than a change do they come


_T = TypeVar("_T")


class Holder(Protocol):
    """The duty of whoever writes to Slack; see bot.flow.duty."""

    async def hold(self, now: datetime) -> int | None: ...


@dataclass(frozen=True, slots=True)
class _AtWork:
    """What is at hand once Slack has let us in."""

    workspace: Workspace
    visitor: Visitor
    aftermath: Aftermath


class CardKeeper:
    """One process at a time does this. A step writes once or twice in each channel.

    What cannot be written stays marked, for as long as it takes.
    """

    def __init__(
        self,
        *,
        client: SlackClient,
        book: CardBook,
        work: CaseWork,
        incidents: IncidentWork,
        duty: Holder,
        policy: Policy,
        clock: Clock,
        log: Log,
        generation: Generation | None = None,
    ) -> None:
        self._client, self._book, self._work = client, book, work
        self._duty, self._policy, self._generation = duty, policy, generation
        self._clock, self._log = clock, log
        self._writer = Writer(client, book, clock=clock, log=log)
        self._directory = Directory(client)
        self._subjects = Subjects(work, incidents, book, self._directory)
        self._memory = Memory()
        self._since: tuple[int, int] | None = None  # holding and generation
        self._desk: _AtWork | None = None
        self._replaced_at: datetime | None = None  # until its aftermath is over
        self._look_at: datetime | None = None
        self._figures_at: datetime | None = None

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy, self._memory = policy, Memory()
        self._desk = self._figures_at = None

    async def step(self) -> int:
        """Write what is wanted and free; return how many requests that were.

        Raises:
            TemporaryFailure: something is wrong that people have to know of, or the
                store is away. What could be written was written.
        """
        now = self._clock.now()
        if self._look_at is not None and now < self._look_at:
            return 0
        self._look_at = now + LOOK_EVERY
        holding = await self._duty.hold(now)
        if holding is None:
            self._since = None
            return 0
        await self._begin(holding, now)
        refused = self._memory.token_refused(now)
        if refused is not None:
            raise refused
        done = await self._write(holding, now)
        wrong = self._memory.wrong(now)
        if wrong is not None:
            raise wrong
        return done

    async def _begin(self, holding: int, now: datetime) -> None:
        """Forget everything if others wrote meanwhile, or the store has another past."""
        number = self._generation.number if self._generation else 0
        if self._since == (holding, number):
            return
        await self._book.fence(holding)
        if number != (self._since[1] if self._since else 0):
            self._replaced_at = now
        self._since, self._memory = (holding, number), Memory()
        self._desk = self._figures_at = None

    async def _write(self, holding: int, now: datetime) -> int:
        try:
            desk = self._desk or await self._enter()
            pencil = Pencil(desk.workspace, self._policy, now)
            await self._look_after(desk, pencil)
        except (TemporaryFailure, PermanentFailure) as failure:
            self._fail(failure, Shown(""), "")
            return 0
        await self._refresh_figures(pencil)
        jobs = await self._jobs(desk.visitor, pencil, holding)
        doing = (self._guarded(job.shown, job.channel, job.do()) for job in jobs)
        for result in await asyncio.gather(*doing, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result  # only now that none of them runs any more
        return len(jobs)

    async def _enter(self) -> _AtWork:
        """Ask Slack who we are and where: our places are those of one workspace."""
        workspace, book = await self._client.who_am_i(), self._book
        lookup = Lookup(self._client, book, workspace.id)
        self._desk = _AtWork(
            workspace,
            Visitor(self._subjects, book, self._writer, lookup, self._memory),
            Aftermath(
                lookup=lookup,
                directory=self._directory,
                subjects=self._subjects,
                book=book,
                work=self._work,
                log=self._log,
            ),
        )
        return self._desk

    async def _look_after(self, desk: _AtWork, pencil: Pencil) -> None:
        if self._replaced_at is None or pencil.now < due_after(self._replaced_at):
            return
        await desk.aftermath.look(self._replaced_at, pencil)
        self._replaced_at = None

    async def _jobs(self, visitor: Visitor, pencil: Pencil, holding: int) -> list[Job]:
        """Return what is to be done now, the most pressing first."""
        jobs: list[Job] = []
        reads = 0
        for one in _mixed(await self._book.dirty(limit=WINDOW)):
            if len(jobs) >= AT_ONCE or reads >= READS:
                break
            if self._memory.must_wait(one, pencil.now):
                continue
            reads += 1
            job = await self._guarded(
                one.shown, "", visitor.visit(one, pencil, holding=holding)
            )
            jobs += [job] if job else []
        return jobs

    async def _guarded(
        self, shown: Shown, channel: str, doing: Awaitable[_T]
    ) -> _T | None:
        """Let what goes wrong with one case concern that case alone.

        Raises:
            StoreUnavailable: it concerns all of them.
        """
        try:
            return await doing
        except (TemporaryFailure, PermanentFailure) as failure:
            self._fail(failure, shown, channel)
        except Exception as error:  # noqa: BLE001 - one card must not stop the others
            self._log("card_failed", shown=shown, error=type(error).__name__)
            self._memory.put_off(shown, self._clock.now() + SPOILT)
        return None

    def _fail(
        self, failure: TemporaryFailure | PermanentFailure, shown: Shown, channel: str
    ) -> None:
        if isinstance(failure, StoreUnavailable):
            raise failure
        if isinstance(failure, PermanentFailure):
            self._log("card_failed", shown=shown, error=type(failure).__name__)
        now = self._clock.now()
        self._memory.fail(failure, shown, channel, now=now, settled=SETTLED)

    async def _refresh_figures(self, pencil: Pencil) -> None:
        """Look at a card again whose figures have changed, the most pressing first."""
        now = pencil.now
        if self._figures_at is not None and now < self._figures_at:
            return
        if self._figures_at is None:  # what is open from before we came
            views = (await self._work.open_cases()).views
            await self._book.mark({Shown(view.case.id): now for view in views})
        elif (stale := await self._stale_figures(pencil)) is not None:
            await self._book.mark({stale: now + FIGURES_WAIT})
        self._figures_at = now + FIGURES_EVERY

    async def _stale_figures(self, pencil: Pencil) -> Shown | None:
        """Return the most pressing card that would look different now.

        To look costs nothing in Slack: most say for minutes what they say.
        """
        for shown in self._memory.aged_figures(pencil.now)[:LOOKS]:
            if await self._guarded(shown, "", self._looks_different(shown, pencil)):
                return shown
        return None

    async def _looks_different(self, shown: Shown, pencil: Pencil) -> bool:
        found = await self._subjects.read(shown, pencil)
        if found is None:
            return True  # it is gone: the look at it clears that up
        subject, plan = found
        if subject.view is not None:
            self._memory.draw(subject.view.case, pencil.now)
        return not plan.is_empty


def _mixed(dirty: Sequence[Dirty]) -> Iterator[Dirty]:
    """Let cases without a card and changes of others take turns: neither waits long."""
    new = [one for one in dirty if one.new]
    old = [one for one in dirty if not one.new]
    for pair in zip_longest(new, old):
        yield from (one for one in pair if one is not None)
