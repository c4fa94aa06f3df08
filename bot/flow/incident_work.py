"""What agents do with incidents: the one implementation of the IncidentWork port."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.clock import Clock
from bot.errors import InputError, UnsafeText
from bot.flow.incidents import DUTY, READER
from bot.flow.likeness import shared_words
from bot.flow.public_check import problems_of
from bot.model.case import ACTIVE, AgentId, Case, CaseId, IncidentId, Priority
from bot.model.errand import Errand, ErrandResult, filled
from bot.model.incident import Incident, Member, summary
from bot.model.message import ChannelName, Visibility
from bot.model.policy import Policy
from bot.ports import (
    Cases,
    Channel,
    Duties,
    Errands,
    ErrandView,
    Events,
    Incidents,
    IncidentView,
)

EXAMPLES = 3  # shown on the card
MOST_WORDINGS = 10
_LONGEST_TITLE = 80  # characters
_SOMEBODY = "somebody"  # stands for a handle where a wording is checked for all


class IncidentDesk:
    """Shows incidents, and takes what agents want done with all cases of one."""

    def __init__(
        self,
        *,
        incidents: Incidents,
        errands: Errands,
        cases: Cases,
        events: Events,
        duties: Duties,
        channels: Mapping[ChannelName, Channel],
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._incidents, self._errands, self._cases = incidents, errands, cases
        self._events, self._duties = events, duties
        self._channels, self._policy, self._clock = channels, policy, clock

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    async def incidents(self) -> list[IncidentView]:
        """Return the incidents that are not over or have cases left, the newest first."""
        found = await self._incidents.all()
        return [await self._view(incident) for incident in reversed(found)]

    async def incident(
        self, incident: IncidentId, stands_for: Sequence[CaseId] = ()
    ) -> IncidentView:
        """Return one incident. Raises InputError if it is not on the list."""
        found = await self._incidents.get(incident)
        return await self._view(found, tuple(stands_for))

    async def cases(
        self, incident: IncidentId, *, offset: int, limit: int
    ) -> list[Case]:
        """Return some of its unresolved cases, the oldest first."""
        members = await self._incidents.members(incident)
        active = [member.case for member in members if member.status in ACTIVE]
        return await self._cases.some(active[offset : offset + limit])

    async def looked_at(self) -> Mapping[str, str] | None:
        """Return how far the events were searched for incidents; None if nobody does."""
        if not await self._duties.held(DUTY, now=self._clock.now()):
            return None
        return await self._events.bookmark(READER)

    # -- acts on all ------------------------------------------------------------

    async def answer_all(
        self, incident: IncidentId, agent: AgentId, wordings: Sequence[str], *, key: str
    ) -> IncidentView:
        """Let every customer of an unresolved case have one of `wordings` as a reply.

        Raises:
            UnsafeText: a wording cannot go to anybody; nothing was begun.
            InputError: there is no wording, or no such incident.
        """
        chosen = tuple(dict.fromkeys(w.strip() for w in wordings if w.strip()))
        if not 1 <= len(chosen) <= MOST_WORDINGS:
            raise InputError(f"Write one to {MOST_WORDINGS} wordings.")
        await self._check(incident, chosen)
        return await self._begin(
            Errand(
                key=key,
                incident=incident,
                agent=agent,
                at=self._clock.now(),
                wordings=chosen,
            )
        )

    async def resolve_all(
        self, incident: IncidentId, agent: AgentId, resolution: str, *, key: str
    ) -> IncidentView:
        """Resolve every case of it that others do not hold and that is not urgent."""
        if resolution not in self._policy.resolutions:
            reasons = ", ".join(self._policy.resolutions)
            raise InputError(f"“{resolution}” is no reason: choose one of {reasons}.")
        return await self._begin(
            Errand(
                key=key,
                incident=incident,
                agent=agent,
                at=self._clock.now(),
                resolution=resolution,
            )
        )

    async def _begin(self, errand: Errand) -> IncidentView:
        found = await self._incidents.get(errand.incident)
        await self._errands.add(errand)
        return await self._view(found)

    async def _check(self, incident: IncidentId, wordings: Sequence[str]) -> None:
        """See that each wording could go to some customer wherever they wrote."""
        members = await self._incidents.members(incident)
        places = {member.visibility for member in members if member.status in ACTIVE}
        problems = [
            problem
            for wording in wordings
            for channel in self._channels.values()
            for visibility in sorted(places or {Visibility.PUBLIC})
            for problem in problems_of(
                filled(wording, _SOMEBODY),
                visibility,
                facts=(),
                rules=self._policy.public,
                length=channel.length,
                limit=channel.limit(visibility),
            )
        ]
        if problems:
            raise UnsafeText(tuple(dict.fromkeys(problem.says for problem in problems)))

    # -- the card ---------------------------------------------------------------

    async def _view(
        self, incident: Incident, stands_for: tuple[CaseId, ...] = ()
    ) -> IncidentView:
        members = await self._incidents.members(incident.id)
        texts = await self._example_texts(incident)
        title = shared_words(texts) or (texts[0] if texts else incident.id)
        return IncidentView(
            incident=incident,
            summary=summary(members, now=self._clock.now()),
            title=title[:_LONGEST_TITLE],
            examples=tuple(texts[:EXAMPLES]),
            errands=tuple(await self._errand_views(incident.id, members)),
            stands_for=stands_for,
        )

    async def _example_texts(self, incident: Incident) -> list[str]:
        """Return texts that differ, as far as their customers are not forgotten."""
        openings = await self._incidents.openings(incident.examples)
        return list(dict.fromkeys(one.text for one in openings if one.text))

    async def _errand_views(
        self, incident: IncidentId, members: Sequence[Member]
    ) -> list[ErrandView]:
        views = []
        for errand in await self._errands.of(incident):
            results = await self._errands.results(errand)
            left = len(left_of(errand, members, results))
            counts = dict(Counter(results.values()))
            views.append(ErrandView(errand=errand, results=counts, left=left))
        return views


def left_of(
    errand: Errand, members: Sequence[Member], results: Mapping[CaseId, ErrandResult]
) -> list[CaseId]:
    """Return the cases that the errand has not come to yet."""
    if errand.ended:
        return []
    return [
        member.case
        for member in members
        if member.opened_at <= errand.at
        and member.case not in results
        and member.status in ACTIVE
    ]


def is_for_all(case: Case, agent: AgentId) -> ErrandResult | None:
    """Return None if an act on all cases goes for this one, else why it does not."""
    if case.status not in ACTIVE:
        return ErrandResult.CLOSED
    if case.priority is Priority.URGENT:
        return ErrandResult.URGENT
    return None if case.assignee in (None, agent) else ErrandResult.HELD
