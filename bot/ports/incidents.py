"""Incidents: what the store keeps of them, and what agents do with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.model.case import CaseId, IncidentId
from bot.model.errand import Errand, ErrandResult
from bot.model.incident import Incident, Member, Opening


class Duties(Protocol):
    """Work that one process at a time does, such as keeping incidents."""

    async def hold(
        self, name: str, owner: str, *, now: datetime, length: timedelta
    ) -> int | None:
        """Take the duty, or keep it, until `now` plus `length`.

        Returns:
            The number of this holding, which rises whenever the duty changes hands
            and so tells an older holder from a newer one; None if another has it.
        """
        ...

    async def held(self, name: str, *, now: datetime) -> bool:
        """Tell whether anybody has the duty."""
        ...


class Incidents(Protocol):
    """What is kept of incidents. Every change can be repeated and changes nothing.

    `holding` is the number that `Duties.hold` gave: after `fence`, whoever has a
    lower one changes nothing any more.
    """

    async def fence(self, holding: int) -> None: ...

    async def openings(self, cases: Sequence[CaseId]) -> list[Opening]:
        """Return how these cases began; those that are gone are left out."""
        ...

    async def recent(self, since: datetime, *, limit: int) -> list[CaseId]:
        """Return the newest `limit` unresolved cases that were opened after `since`."""
        ...

    async def open(
        self,
        founder: Opening,
        examples: Sequence[CaseId],
        *,
        now: datetime,
        holding: int,
    ) -> IncidentId | None:
        """Begin an incident with `founder`, or return the one that it is part of.

        None if the founder is resolved or gone meanwhile, or the holding is over.
        """
        ...

    async def join(
        self,
        incident: IncidentId,
        cases: Sequence[Opening],
        *,
        now: datetime,
        holding: int,
    ) -> list[CaseId]:
        """Make cases part of `incident`; return those that are now.

        One that is resolved, gone or part of another stays what it is.
        """
        ...

    async def leave(
        self,
        incident: IncidentId,
        case: Opening,
        *,
        unclaimed: timedelta,
        now: datetime,
        holding: int,
    ) -> bool:
        """Take a case that nobody has claimed out of its incident.

        `unclaimed`: after how long it is noted that nobody has taken it; counted from
        its last change, if that is later than `now` of a holder who was held up.
        """
        ...

    async def strike(self, incident: IncidentId, cases: Sequence[CaseId]) -> None:
        """Take cases that left off the incident's list."""
        ...

    async def refresh(self, cases: Sequence[CaseId]) -> set[IncidentId]:
        """Note how these cases are now, where they are part of an incident.

        Returns:
            The incidents that they are part of.
        """
        ...

    async def end(
        self, incident: Incident, *, now: datetime, quiet_since: datetime, holding: int
    ) -> bool:
        """End it if no case came after `quiet_since`."""
        ...

    async def forget(self, incident: IncidentId) -> None:
        """Take an incident that is over off the list."""
        ...

    async def all(self) -> list[Incident]:
        """Return the incidents on the list, the oldest first."""
        ...

    async def get(self, incident: IncidentId) -> Incident:
        """Return one incident. Raises InputError if it is not on the list."""
        ...

    async def members(self, incident: IncidentId) -> list[Member]:
        """Return the cases of it, the oldest first."""
        ...


class Errands(Protocol):
    """Acts on many cases, kept until each is done: they outlive a crash.

    Each change of one is also an event, so that desks show it.
    """

    async def add(self, errand: Errand) -> None:
        """Keep it. A repetition of its key changes nothing."""
        ...

    async def of(self, incident: IncidentId) -> list[Errand]:
        """Return those of `incident`, the oldest first, also those that ended."""
        ...

    async def results(self, errand: Errand) -> dict[CaseId, ErrandResult]: ...

    async def note(
        self, errand: Errand, results: Mapping[CaseId, ErrandResult], *, now: datetime
    ) -> None:
        """Keep what became of some cases. Of an errand that is gone nothing is kept."""
        ...

    async def finish(self, errand: Errand, *, now: datetime) -> None:
        """Forget the errand's texts; its results stay for the card."""
        ...
