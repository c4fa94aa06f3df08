"""Where agents work, and what they can do there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model.case import AgentId, Case, CaseId, IncidentId
from bot.model.errand import Errand, ErrandResult
from bot.model.incident import Incident, Summary
from bot.model.message import Profile
from bot.model.reading import Request
from bot.model.record import Record, newest_seen

MOST_SHOWN = 300  # cases that a list is good for; others come up as these are resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case with all that a card shows."""

    case: Case
    records: tuple[Record, ...]  # the customer's transcript, oldest first
    earlier_contacts: int
    alternatives: tuple[Request, ...] = ()
    profile: Profile | None = None  # what the customer shows of themselves
    opted_out: bool = False  # no automatic message goes to them

    @property
    def seen(self) -> str:
        """What an agent has seen who sees this: for `CaseWork.reply`."""
        return newest_seen(self.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCases:
    """The most pressing cases, and how many there are with those not among them."""

    views: tuple[CaseView, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandView:
    """How far an act on all cases of an incident has come."""

    errand: Errand
    results: Mapping[ErrandResult, int]
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """An incident with all that its card shows.

    `stands_for` are the cases which this card shows from now on, among those that
    changed: a desk takes away what cards of their own these had.
    """

    incident: Incident
    summary: Summary
    title: str
    examples: tuple[str, ...]
    errands: tuple[ErrandView, ...] = ()
    stands_for: tuple[CaseId, ...] = ()


class Desk(Protocol):
    """A place where agents work: the web desk, Slack."""

    @property
    def name(self) -> str: ...

    async def show(self, view: CaseView) -> None:
        """Make what agents see equal to `view`.

        Idempotent, and called at least once after each change of the case.

        Raises:
            TemporaryFailure: cannot be shown now; the caller tries again.
        """
        ...

    async def show_incident(self, view: IncidentView) -> None:
        """Make the incident's one card equal to `view`.

        Idempotent, and called at least once after each change of the incident or of
        its cases, however many changed together.

        Raises:
            TemporaryFailure: cannot be shown now; the caller tries again.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A reply as it would be sent, before it is.

    `text` is the whole of it, with the signature; `parts` are the posts that it
    goes out as; `length` and `limit`, of all of them, count as the channel does.
    `problems` are sentences for its writer: with any of them it is not sent.
    `newer`: the customer has written since the writer last looked. `wait` says in a
    sentence how long the network's pace keeps it back; "" if it goes at once.
    """

    text: str
    parts: tuple[str, ...]
    length: int
    limit: int
    problems: tuple[str, ...] = ()
    newer: bool = False
    wait: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A standard answer that may fit. `source` says where it is from, for agents."""

    label: str
    text: str
    source: str
    confidence: float


class IncidentWork(Protocol):
    """What agents do with incidents. One implementation: bot.flow.incident_work."""

    async def incidents(self) -> list[IncidentView]:
        """Return the incidents that are not over or have cases left, the newest first."""
        ...

    async def incident(
        self, incident: IncidentId, stands_for: Sequence[CaseId] = ()
    ) -> IncidentView:
        """Return one incident. Raises InputError if it is not on the list."""
        ...

    async def cases(
        self, incident: IncidentId, *, offset: int, limit: int
    ) -> list[Case]:
        """Return some of its unresolved cases, the oldest first."""
        ...

    async def answer_all(
        self, incident: IncidentId, agent: AgentId, wordings: Sequence[str], *, key: str
    ) -> IncidentView:
        """Let every customer of an unresolved case have one of `wordings` as a reply.

        Each is claimed for the agent first. What others hold or is urgent is left as
        it is. It goes on after this returns; `key` makes a repetition harmless.

        Raises:
            UnsafeText: a wording cannot go to anybody; nothing was begun.
        """
        ...

    async def resolve_all(
        self, incident: IncidentId, agent: AgentId, resolution: str, *, key: str
    ) -> IncidentView:
        """Resolve every case of it that others do not hold and that is not urgent."""
        ...

    async def looked_at(self) -> Mapping[str, str] | None:
        """Return how far the events were searched for incidents.

        None if nobody does that at the moment.
        """
        ...
