"""Finds out that many cases are about the same thing, and keeps them together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import TemporaryFailure
from bot.flow.duty import Duty
from bot.flow.likeness import alike, matter
from bot.flow.recent_cases import RecentCases
from bot.log import Log
from bot.model.case import ACTIVE, CaseId, IncidentId
from bot.model.event import Event, EventType
from bot.model.incident import Incident, Opening
from bot.model.policy import IncidentRule, Policy
from bot.ports import Duties, Events, Generation, Incidents

READER = "incidents"  # its bookmark, up to which desks follow
DUTY = "incidents"
EVENTS_AT_ONCE = 100  # of each shard; bounds one step of a storm
LOOK_EVERY = timedelta(seconds=10)  # for incidents of which nothing is heard
MOST_REBUILT = 3000  # cases that are read again after a restart
ANCHORS = 20  # cases whose texts say what an incident is about

_BEGINS = frozenset({EventType.CASE_OPENED, EventType.CASE_REOPENED})


class IncidentKeeper:
    """Follows the events; joins cases that are alike to incidents, and ends these.

    One process at a time does so. What another left half done is done again: its
    events come again, and the scripts change nothing twice.
    """

    def __init__(
        self,
        *,
        events: Events,
        incidents: Incidents,
        duties: Duties,
        policy: Policy,
        clock: Clock,
        log: Log,
        generation: Generation | None = None,
    ) -> None:
        self._events, self._incidents = events, incidents
        self._policy, self._clock, self._log = policy, clock, log
        self._duty, self._generation = Duty(duties, DUTY), generation
        self._holding: int | None = None
        self._remembered: tuple[int, int] | None = None  # for which all was read
        self._recent = RecentCases()
        self._anchors: dict[IncidentId, list[str]] = {}  # what each is about
        self._cursors: dict[str, str] = {}
        self._look_at: datetime | None = None

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    @property
    def _rule(self) -> IncidentRule:
        return self._policy.incidents

    async def step(self) -> int:
        """Look at what happened since the last step; return how many events that were.

        Raises:
            TemporaryFailure: the store is away; the same events come again.
        """
        now = self._clock.now()
        if not await self._on_duty(now):
            return 0
        events, cursors = await self._events.since(self._cursors, limit=EVENTS_AT_ONCE)
        await self._carefully(self._gather(events, now=now))
        await self._carefully(self._part(events, now=now))
        await self._strike(events)
        touched = await self._incidents.refresh(_cases_in(events))
        if touched or self._look_at is None or now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            await self._end_what_is_over(now)
        if cursors != self._cursors:
            await self._events.keep_bookmark(READER, cursors)
            self._cursors = cursors
        return len(events)

    async def _carefully(self, work: Awaitable[None]) -> None:
        """Go on after a defect: desks wait for us, and show the cases one by one."""
        try:
            await work
        except TemporaryFailure:
            raise
        except Exception as error:  # noqa: BLE001 - no case must hold up all desks
            self._log("incidents_failed", error=type(error).__name__)

    async def _on_duty(self, now: datetime) -> bool:
        """Hold the duty; begin from what the store knows if it is newly ours."""
        holding = await self._duty.hold(now)
        if holding is None:
            return False
        self._holding = holding
        # another server may lack what we remember: nobody would show what joined that
        known = (holding, self._generation.number if self._generation else 0)
        if known != self._remembered:
            await self._incidents.fence(holding)
            self._cursors = await self._events.bookmark(READER)
            await self._remember(now)
            self._remembered = known
        return True

    async def _remember(self, now: datetime) -> None:
        """Read again what incidents there are and which cases are recent.

        A holder that died may have begun an incident and not joined all its cases.
        """
        self._recent, self._anchors, self._look_at = RecentCases(), {}, None
        for incident in await self._incidents.all():
            if incident.ended_at is None:
                await self._remember_anchors(incident)
        recent = await self._incidents.recent(
            now - self._rule.within, limit=MOST_REBUILT
        )
        await self._incidents.refresh(recent)
        await self._carefully(self._place_all(recent, now=now))

    async def _remember_anchors(self, incident: Incident) -> None:
        openings = await self._incidents.openings(incident.examples)
        self._anchors[incident.id] = _matters(openings)

    # -- what belongs together -----------------------------------------------------

    async def _gather(self, events: Sequence[Event], *, now: datetime) -> None:
        begun = [event for event in events if event.type in _BEGINS]
        self._recent.drop_older(now - self._rule.within)
        await self._place_all(_cases_in(begun), now=now)

    async def _place_all(self, cases: Sequence[CaseId], *, now: datetime) -> None:
        openings = await self._incidents.openings(cases)
        by_matter: dict[str, list[Opening]] = {}
        for opening in sorted(openings, key=lambda one: one.opened_at):
            told = matter(opening.text)
            if told and opening.incident is None:
                by_matter.setdefault(told, []).append(opening)
        for told, same in by_matter.items():
            await self._place(told, same, now=now)

    async def _place(
        self, told: str, openings: Sequence[Opening], *, now: datetime
    ) -> None:
        """Join cases about the same matter to an incident, or remember them."""
        incident = self._incident_about(told)
        if incident is not None:
            await self._join(incident, openings, now=now)
            return
        like = await self._like(told)
        for opening in openings:
            if opening.opened_at > now - self._rule.within:
                self._recent.add(told, opening, like=like)
        if told in self._recent:
            crowd = self._recent.crowd(told, at_least=self._rule.cases)
            await self._open(crowd, now=now)

    def _incident_about(self, told: str) -> IncidentId | None:
        likeness = self._rule.likeness
        for incident, anchors in self._anchors.items():
            if alike(told, anchors, likeness=likeness):
                return incident
        return None

    async def _like(self, told: str) -> list[str]:
        """Return the recent matters that a new one is like."""
        if told in self._recent:
            return []
        matters = self._recent.matters
        places = await asyncio.to_thread(  # thousands of comparisons take milliseconds
            alike, told, matters, likeness=self._rule.likeness
        )
        return [matters[place] for place in places]

    async def _open(self, crowd: Sequence[Opening], *, now: datetime) -> None:
        founder = next((one for one in crowd if one.status in ACTIVE), None)
        if founder is None:
            return
        examples = _examples(crowd)
        incident = await self._incidents.open(
            founder,
            [opening.case for opening in examples],
            now=now,
            holding=self._holding or 0,
        )
        if incident is None:
            self._recent.drop(matter(founder.text), [founder])  # resolved meanwhile
            return
        self._log("incident_opened", incident=incident, cases=len(crowd))
        self._anchors[incident] = _matters(examples)
        await self._join(incident, crowd, now=now)

    async def _join(
        self, incident: IncidentId, openings: Sequence[Opening], *, now: datetime
    ) -> None:
        await self._incidents.join(
            incident, openings, now=now, holding=self._holding or 0
        )
        for opening in openings:
            self._recent.drop(matter(opening.text), [opening])

    # -- what does not belong together any more ------------------------------------

    async def _part(self, events: Sequence[Event], *, now: datetime) -> None:
        """Give a card of its own to a case whose customer wrote about something else."""
        wrote = [event for event in events if event.type is EventType.CASE_JOINED]
        for opening in await self._incidents.openings(_cases_in(wrote)):
            incident, told = opening.incident, matter(opening.latest)
            if incident is None or not told or await self._is_about(incident, told):
                continue
            await self._incidents.leave(
                incident,
                opening,
                unclaimed=self._policy.service.unclaimed,
                now=now,
                holding=self._holding or 0,
            )

    async def _is_about(self, incident: IncidentId, told: str) -> bool:
        anchors = self._anchors.get(incident)
        if anchors is None:  # it has ended, and not all of its cases are resolved
            found = await self._incidents.get(incident)
            anchors = _matters(await self._incidents.openings(found.examples))
        return bool(alike(told, anchors, likeness=self._rule.likeness))

    async def _strike(self, events: Sequence[Event]) -> None:
        """Take off the lists who left. One that joined again is noted right after."""
        for event in events:
            if event.type is EventType.INCIDENT_LEFT:
                incident = IncidentId(event.facts["incident"])
                await self._incidents.strike(incident, [CaseId(event.facts["case"])])

    # -- the end -------------------------------------------------------------------

    async def _end_what_is_over(self, now: datetime) -> None:
        for incident in await self._incidents.all():
            if incident.ended_at is not None:
                await self._forget_if_done(incident)
            elif incident.last_at <= now - self._rule.ends_after:
                await self._end(incident, now=now)

    async def _end(self, incident: Incident, *, now: datetime) -> None:
        ended = await self._incidents.end(
            incident,
            now=now,
            quiet_since=now - self._rule.ends_after,
            holding=self._holding or 0,
        )
        if ended:
            self._log("incident_ended", incident=incident.id)
            self._anchors.pop(incident.id, None)

    async def _forget_if_done(self, incident: Incident) -> None:
        """Take it off the list when nothing of it is left to do."""
        members = await self._incidents.members(incident.id)
        if not any(member.status in ACTIVE for member in members):
            await self._incidents.forget(incident.id)


def _examples(crowd: Sequence[Opening]) -> list[Opening]:
    """Return cases whose texts say what it is about: different matters first."""
    matters: dict[str, Opening] = {}
    texts: dict[str, Opening] = {}
    for opening in crowd:
        matters.setdefault(matter(opening.text), opening)
        texts.setdefault(opening.text, opening)
    chosen = {one.case: one for one in (*matters.values(), *texts.values())}
    return list(chosen.values())[:ANCHORS]


def _matters(openings: Sequence[Opening]) -> list[str]:
    told = (matter(opening.text) for opening in openings)
    return list(dict.fromkeys(filter(None, told)))


def _cases_in(events: Sequence[Event]) -> list[CaseId]:
    facts: list[Mapping[str, str]] = [event.facts for event in events]
    return [
        CaseId(case) for case in dict.fromkeys(f.get("case") for f in facts) if case
    ]
