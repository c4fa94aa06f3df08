"""What is to be done for one case now: a look-up, or the writes that are free."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.desk.slack.drawing import Pencil
from bot.desk.slack.lookup import LOST, SETTLED, Lookup
from bot.desk.slack.memory import Memory, Need
from bot.desk.slack.pace import LOOK_UP, POST, UPDATE
from bot.desk.slack.plan import Change, Farewell, Plan, Post
from bot.desk.slack.subjects import Subjects
from bot.desk.slack.writing import Subject, Writer
from bot.ports.chat import CardBook, Dirty, Shown

SAME_MOMENT = timedelta(minutes=1)  # by which clocks may differ; as the outbox has it


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do in Slack. Failures are those of bot.desk.slack.failures."""

    shown: Shown
    channel: str
    do: Callable[[], Awaitable[None]]


class Visitor:
    """Looks at one case after the other."""

    def __init__(
        self,
        subjects: Subjects,
        book: CardBook,
        writer: Writer,
        lookup: Lookup,
        memory: Memory,
    ) -> None:
        self._subjects, self._book = subjects, book
        self._writer, self._lookup, self._memory = writer, lookup, memory

    async def visit(self, one: Dirty, pencil: Pencil, *, holding: int) -> Job | None:
        """Return what is to be done now; None if there is nothing, or it has to wait.

        Raises:
            TemporaryFailure: its channel is not there, or the store is away.
        """
        found = await self._subjects.read(one.shown, pencil)
        if found is None:
            await self._book.clean(one.shown, one.mark)
            return None
        subject, plan = found
        if subject.view is not None:
            self._memory.draw(subject.view.case, pencil.now)
        if subject.page.posting is not None or _is_doubtful(subject, plan):
            return self._look_up(one, subject, pencil)
        if plan.is_empty:
            await self._book.clean(one.shown, one.mark)
            await self._close(subject, pencil)
            return None
        return self._writes(one, subject, plan, pencil, holding)

    async def _close(self, subject: Subject, pencil: Pencil) -> None:
        """Keep of a case that nothing reopens only where its card is."""
        page, view = subject.page, subject.view
        if view is not None and view.case.closed_at is not None and page.lines:
            await self._book.close(subject.shown, page.number, now=pencil.now)

    def _look_up(self, one: Dirty, subject: Subject, pencil: Pencil) -> Job | None:
        page, now, pace = subject.page, pencil.now, self._memory.pace
        doubt = page.doubt or now
        since = page.posting.since if page.posting else doubt
        if now < since + SETTLED:
            self._memory.put_off(subject.shown, since + SETTLED)
            return None
        if not pace.is_free(LOOK_UP, "", now):
            self._memory.remember(one, [(LOOK_UP, "")])
            return None
        pace.use(LOOK_UP, "", now)
        self._memory.forget(one.shown)

        async def look() -> None:
            if page.posting is not None:
                await self._lookup.settle(subject, page.posting, now)
            else:
                await self._lookup.reconcile(subject, doubt, now)

        return Job(subject.shown, subject.channel, look)

    def _writes(
        self, one: Dirty, subject: Subject, plan: Plan, pencil: Pencil, holding: int
    ) -> Job | None:
        """Return the first write of each sort, if its lane is free."""
        if plan.replaces:
            page = subject.page
            return Job(
                one.shown,
                subject.channel,
                lambda: self._book.replace(one.shown, page.number, gone=plan.gone),
            )
        pace, now = self._memory.pace, pencil.now
        wanted = _first_of_each(subject, plan)
        free = [(need, write) for need, write in wanted if pace.is_free(*need, now)]
        if not free:
            self._memory.remember(one, [need for need, _ in wanted])
            return None
        self._memory.forget(one.shown)
        for need, _ in free:
            pace.use(*need, now)

        async def write() -> None:
            for _, what in free:
                if not await self._write(subject, what, pencil, holding):
                    return  # the card is not there any more: the rest is for the next

        return Job(one.shown, subject.channel, write)

    async def _write(
        self,
        subject: Subject,
        what: Post | Change | Farewell,
        pencil: Pencil,
        holding: int,
    ) -> bool:
        if isinstance(what, Change):
            return await self._writer.change(subject, what)
        if isinstance(what, Post):
            await self._writer.post(subject, what, pencil, holding=holding)
        else:
            await self._writer.say_farewell(subject, what, pencil)
        return True


def _first_of_each(
    subject: Subject, plan: Plan
) -> Sequence[tuple[Need, Post | Change | Farewell]]:
    """Return what could be written at once: posts keep their order, and so do changes.

    Changes go first: they tell whether the card is still there.
    """
    posts = [((POST, _channel_of(subject, post)), post) for post in plan.posts[:1]]
    changes = [((UPDATE, c.place.channel), c) for c in plan.changes[:1]]
    farewells = [((UPDATE, f.place.channel), f) for f in plan.farewells[:1]]
    return [*changes, *posts, *farewells]


def _channel_of(subject: Subject, post: Post) -> str:
    card = subject.page.card
    return card.channel if post.thread and card else subject.channel


def _is_doubtful(subject: Subject, plan: Plan) -> bool:
    """Tell whether the book may have forgotten something that stands in Slack."""
    doubt = subject.page.doubt
    if doubt is None:
        return False
    if any(post.cause <= doubt + SAME_MOMENT for post in plan.posts):
        return True
    # What was resolved has no card to be made, but may have one to be found.
    changed_then = doubt - LOST <= subject.changed_at <= doubt + SAME_MOMENT
    return subject.page.card is None and changed_then
