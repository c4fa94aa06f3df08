"""Shows every change of a case on a desk, at least once, by following the events."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock, SystemClock
from bot.errors import CaseConflict, InputError, TemporaryFailure
from bot.flow.duty import LENGTH, Duty
from bot.log import Log
from bot.model.case import Case, CaseId, CaseStatus, IncidentId, Priority
from bot.model.event import Event, EventType
from bot.model.reply_history import REPLY_EVENTS
from bot.ports import CaseWork, Desk, Events, Generation, IncidentWork

RENEW = timedelta(seconds=2)  # the duty is asked for again, however long a step takes
SHOWING = timedelta(seconds=5)  # of a duty, kept for the desk's answer
_ON_TRANSCRIPTS = frozenset(
    {
        EventType.MESSAGE_HANDLED,
        EventType.MESSAGE_EDITED,
        EventType.MESSAGE_DELETED,
        EventType.CONTEXT_REMOVED,
        EventType.CUSTOMER_OPTED_OUT,
        EventType.CUSTOMER_OPTED_IN,
        *REPLY_EVENTS,
    }
)


class _DutyLost(Exception):
    """Another process may feed the desk: what we know may be older than its cards."""


class DeskFeed:
    """Follows the event streams for one desk and remembers how far it has shown.

    It never overtakes whoever looks for incidents: else a storm would first come as
    thousands of cards. If nobody does that at the moment, it goes on alone.

    A desk that is one place for all, such as a chat, is fed by one process at a time:
    the one that holds the `duty`. The pages of a web desk hang on different processes,
    each of which feeds its own: they need none.
    """

    def __init__(
        self,
        desk: Desk,
        events: Events,
        work: CaseWork,
        *,
        log: Log,
        incidents: IncidentWork | None = None,
        duty: Duty | None = None,
        clock: Clock | None = None,
        generation: Generation | None = None,
    ) -> None:
        self._desk, self._events, self._work = desk, events, work
        self._log, self._incidents = log, incidents
        self._generation, self._number = generation, 0
        self._reader = f"desk:{desk.name}"
        self._duty, self._clock = duty, clock or SystemClock()
        self._holding: int | None = None
        self._held_at: datetime | None = None
        self._cursors: dict[str, str] | None = None

    async def step(self) -> int:
        """Show what changed since the last step; return how many cases that were.

        Several changes of one case are shown once, as it is now, and so are those of
        all cases of one incident. A card that the desk cannot show is logged and left
        out until its case changes again.

        Raises:
            TemporaryFailure: store or desk are away; the same changes come again.
        """
        if not await self._on_duty():
            return 0
        if self._cursors is None:
            self._cursors = await self._events.bookmark(self._reader)
        events, cursors = await self._next(self._cursors)
        if self._store_was_replaced():  # what was in memory may be ahead of the store
            return 1
        cases = await self._cases_in(events)
        try:
            await self._show_all(events, cases)
        except _DutyLost:
            self._cursors = None  # whoever feeds the desk now begins at the bookmark
            return 1
        if cursors != self._cursors:
            await self._events.keep_bookmark(self._reader, cursors)
            self._cursors = cursors
        return len(cases)

    async def _cases_in(self, events: Sequence[Event]) -> list[Case]:
        """Return what changed, and the cases beside which something was said.

        Before a claim the bot may still answer, and the card shows what it said. Nor
        does "thanks" reopen a resolved case, and agents want to read it all the same.
        """
        named = _named(events, "case")
        said = (
            e for e in events if e.type in _ON_TRANSCRIPTS and not e.facts.get("case")
        )
        beside = await self._work.newest_of(
            list(dict.fromkeys(event.customer for event in said))
        )
        cases = await self._work.cases(list(dict.fromkeys([*named, *beside])))
        changed = set(named)
        return [one for one in cases if one.id in changed or one.closed_at is None]

    async def _show_all(self, events: Sequence[Event], cases: Sequence[Case]) -> None:
        folded = [case for case in cases if _is_shown_by_incident(case)]
        for case in cases:
            if not _is_shown_by_incident(case):
                await self._show(case.id)
        await self._show_incidents(events, cases, folded)

    async def _on_duty(self) -> bool:
        if self._duty is None:
            return True
        now = self._clock.now()
        holding, self._held_at = await self._duty.hold(now), now
        if holding != self._holding:
            self._holding, self._cursors = holding, None  # another one showed on
        return holding is not None

    async def _stay_on_duty(self) -> None:
        """Make sure that nobody else feeds the desk until it has answered.

        Raises:
            _DutyLost: somebody may.
        """
        if self._duty is None or self._held_at is None:
            return
        before = self._holding
        if self._clock.now() - self._held_at >= RENEW:
            await self._on_duty()
        overslept = self._clock.now() - self._held_at > LENGTH - SHOWING
        if overslept or self._holding != before:
            raise _DutyLost

    def _store_was_replaced(self) -> bool:
        """Tell whether another server answers, once; the bookmark counts then."""
        number = self._generation.number if self._generation else 0
        changed, self._number = number != self._number, number
        if changed:
            self._cursors = None
        return changed

    async def _next(
        self, after: Mapping[str, str]
    ) -> tuple[list[Event], dict[str, str]]:
        """Return the events that may be shown now, and how far they reach."""
        border = await self._incidents.looked_at() if self._incidents else None
        events, cursors = await self._events.since(after)
        if border is None:
            return events, cursors
        known = [event for event in events if _is_before(event, border)]
        return known, _earlier(cursors, border, after)

    async def _show_incidents(
        self, events: Sequence[Event], cases: Sequence[Case], folded: Sequence[Case]
    ) -> None:
        if self._incidents is None:
            return
        named = [IncidentId(one) for one in _named(events, "incident")]
        theirs = [case.incident for case in cases if case.incident is not None]
        for incident in dict.fromkeys([*named, *theirs]):
            stands_for = [case.id for case in folded if case.incident == incident]
            try:
                view = await self._incidents.incident(incident, stands_for)
            except InputError:
                continue  # it is over, and nothing of it is left to do
            await self._stay_on_duty()
            await self._shown(self._desk.show_incident(view), incident=incident)

    async def _show(self, case: CaseId) -> None:
        try:
            view = await self._work.view(case)
        except CaseConflict:
            return  # forgotten meanwhile: there is nothing to show
        await self._stay_on_duty()
        await self._shown(self._desk.show(view), case=case)

    async def _shown(self, showing: Awaitable[None], **what: str) -> None:
        try:
            await showing
        except TemporaryFailure:
            raise
        except Exception as error:  # noqa: BLE001 - one card must not stop the others
            kind = type(error).__name__
            self._log("card_failed", desk=self._desk.name, error=kind, **what)


def _is_shown_by_incident(case: Case) -> bool:
    """Whether a change of the case shows on the card of its incident alone."""
    resolved = case.status is CaseStatus.RESOLVED and case.incident is not None
    return case.folded or (resolved and case.priority is not Priority.URGENT)


def _named(events: Sequence[Event], fact: str) -> list[CaseId]:
    named = (event.facts.get(fact) for event in events)
    return [CaseId(name) for name in dict.fromkeys(named) if name]


def _is_before(event: Event, border: Mapping[str, str]) -> bool:
    shard, _, position = event.id.partition("-")
    return _position(position) <= _position(border.get(shard, "0"))


def _earlier(
    cursors: Mapping[str, str], border: Mapping[str, str], after: Mapping[str, str]
) -> dict[str, str]:
    """Return for each shard the earlier cursor, but none before `after`."""
    ends = {
        shard: min(cursor, border.get(shard, "0"), key=_position)
        for shard, cursor in cursors.items()
    }
    return {
        shard: max(end, after.get(shard, "0"), key=_position)
        for shard, end in ends.items()
    }


def _position(cursor: str) -> tuple[int, int]:
    milliseconds, _, number = cursor.partition("-")
    return int(milliseconds), int(number or 0)
