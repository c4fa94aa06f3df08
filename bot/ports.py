"""The outside world, as the flow needs it. Adapters implement these."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model.case import AgentId, Case, CaseId
from bot.model.message import ChannelName, Malformed, Message, ThreadId, Visibility
from bot.model.outgoing import Found, Outgoing, SendResult
from bot.model.reading import Entity, Reading, Request
from bot.model.record import Record


class Channel(Protocol):
    """A place where customers write to us and read our replies."""

    @property
    def name(self) -> ChannelName: ...

    def messages(
        self, *, after: str | None
    ) -> AsyncIterator[tuple[str, Message | Malformed]]:
        """Yield (cursor, message) for what came after `after`, each at least once.

        Oldest first. What cannot be decoded comes as Malformed and stops nothing.  Ends when there is nothing more at the moment; the caller
        asks again. A cursor is the channel's own and opaque; the caller keeps it
        only after the message is stored. `after` None means from the beginning.

        Raises:
            TemporaryFailure: the network cannot be read now.
        """
        ...

    async def send(self, outgoing: Outgoing) -> SendResult:
        """Try once to send.

        Returns:
            Sent with the channel's id; Refused with a code and whether trying
            again can help; or Unknown when the request may have had its effect
            although no answer came. Never raises for what a network can do.
        """
        ...

    async def find_sent(self, outgoing: Outgoing) -> Found:
        """Look whether an Unknown send arrived: Sent, NotThere or CannotTell."""
        ...

    def length(self, text: str) -> int:
        """Return the length of `text` as the network counts it."""
        ...

    def limit(self, visibility: Visibility) -> int:
        """Return the longest text, in the network's own count, that one post holds."""
        ...


class Understanding(Protocol):
    """The model. Takes and gives plain data, so it may run in another process."""

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return one reading for each text, in order.

        Any Unicode text of 0 to 10,000 characters gets a reading.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueTurn:
    """What a dialogue made of one turn of the customer.

    `texts` are ours to send, in order. `state` is the tracker to keep, None when
    the dialogue has ended. `handoff` is set if people must take over: "failed"
    or "complete". `learned` are facts for the agents ("order number FH-482913");
    `facts` the normalised private values that must never appear in public.
    `asked` says that a question is open.
    """

    texts: tuple[str, ...]
    state: str | None
    asked: bool
    handoff: str | None = None
    learned: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


class Dialogue(Protocol):
    """Gathers missing facts in a private thread and looks things up. Never writes."""

    async def turn(
        self,
        text: str,
        *,
        label: str,
        confidence: float,
        entities: tuple[Entity, ...],
        state: str | None,
        now: datetime,
    ) -> DialogueTurn:
        """Take one turn.

        `state` None starts a dialogue for the intent `label`. The same arguments
        may come again after a crash and must lead to the same turn.

        Raises:
            TemporaryFailure: the system of record cannot be asked now.
        """
        ...


class Answers(Protocol):
    """Every sentence that the bot may say."""

    def has(self, name: str, visibility: Visibility) -> bool:
        """Tell whether there is a text of that name for such a thread."""
        ...

    def text(
        self, name: str, visibility: Visibility, *, seed: str, **slots: str
    ) -> str:
        """Return one wording of the response `name` ("faq/delivery_times").

        The same `seed` gives the same wording, different ones spread over the
        variants. `slots` fill `{placeholders}`.

        Raises:
            KeyError: there is no such text.
        """
        ...


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
