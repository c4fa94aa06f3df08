"""Where agents work, and what they can do there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model.case import AgentId, Case, CaseId
from bot.model.message import ThreadId
from bot.model.reading import Request
from bot.model.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case with all that a card shows."""

    case: Case
    records: tuple[Record, ...]  # the customer's transcript, oldest first
    earlier_contacts: int
    alternatives: tuple[Request, ...] = ()


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


class CaseWork(Protocol):
    """What agents do, as a desk calls it. One implementation: bot.flow.relay.

    Every method raises CaseConflict if the case is not in a state that allows it,
    and returns the case as it is afterwards.
    """

    async def open_cases(self) -> list[CaseView]:
        """Return all cases that are not resolved, the most pressing first."""
        ...

    async def view(self, case: CaseId) -> CaseView: ...

    async def claim(self, case: CaseId, agent: AgentId) -> Case:
        """Take the case. Idempotent for its holder; the bot falls silent."""
        ...

    async def release(self, case: CaseId, agent: AgentId) -> Case: ...

    async def reply(
        self, case: CaseId, agent: AgentId, text: str, *, thread: ThreadId, key: str
    ) -> Case:
        """Send `text` to the customer in one of their threads.

        `key` makes a repeated click one reply.

        Raises:
            UnsafeText: the public-text check found something; nothing was sent.
        """
        ...

    async def note(self, case: CaseId, agent: AgentId, text: str, *, key: str) -> Case:
        """Add an internal note. It never leaves the desk."""
        ...

    async def tag(self, case: CaseId, agent: AgentId, tags: Sequence[str]) -> Case: ...

    async def correct(self, case: CaseId, agent: AgentId, label: str) -> Case: ...

    async def hand_over(self, case: CaseId, agent: AgentId, team: str) -> Case: ...

    async def resolve(
        self, case: CaseId, agent: AgentId, resolution: str, *, note: str = ""
    ) -> Case: ...
