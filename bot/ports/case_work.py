"""What agents see and do, whichever desk they use."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Final, Protocol

from bot.model.attachment import Attachment, AttachmentKind
from bot.model.case import AgentId, Case, CaseId
from bot.model.message import CustomerId, MessageId, ThreadId
from bot.ports.desk import MOST_SHOWN, CaseView, OpenCases, Preview, Suggestion

MOST_FOUND: Final = 20  # cases that a search returns


class CaseWork(Protocol):
    """What agents see and do, as a desk calls it. One implementation: bot.flow.relay.

    Every act raises CaseConflict if the case is not in a state that allows it, and
    returns the case as it is afterwards. With a `key` a repetition changes nothing,
    whatever happened to the case meanwhile.
    """

    # -- what agents see ---------------------------------------------------------

    async def open_cases(self, *, limit: int = MOST_SHOWN) -> OpenCases:
        """Return the most pressing cases that are not resolved.

        Those for which the card of their incident stands are not among them.
        """
        ...

    async def cases(self, cases: Sequence[CaseId]) -> list[Case]:
        """Return these cases without their transcripts; those gone are left out."""
        ...

    async def newest_of(self, customers: Sequence[CustomerId]) -> list[CaseId]:
        """Return the newest case of each of these customers who ever had one."""
        ...

    async def view(self, case: CaseId) -> CaseView: ...

    async def next(self, agent: AgentId) -> CaseView | None:
        """Return the most pressing unclaimed case of the agent's teams, if any.

        It is only shown, not claimed.
        """
        ...

    async def mine(self, agent: AgentId) -> list[Case]:
        """Return the cases that the agent holds, the most pressing first."""
        ...

    async def search(self, words: str, *, limit: int = MOST_FOUND) -> list[Case]:
        """Return cases that have every word, and the case of that id.

        Words are looked for in ids, handles, tags, labels and teams, never in what was
        written. Unresolved ones come first, then resolved ones among the newest 4,000
        cases; of both the newest first.
        """
        ...

    async def earlier_cases(self, customer: CustomerId) -> list[Case]:
        """Return the customer's cases, the newest first."""
        ...

    async def suggestions(self, case: CaseId) -> tuple[Suggestion, ...]:
        """Return up to three standard answers that fit what the customer last wrote.

        The best comes first, worded for the case's thread: in public or in private.
        """
        ...

    async def preview(
        self,
        case: CaseId,
        agent: AgentId,
        text: str,
        *,
        thread: ThreadId,
        seen: str | None = None,
    ) -> Preview:
        """Return what `reply` would send. Nothing changes, whoever holds the case.

        `seen` is the `CaseView.seen` that the text was written on.

        Raises:
            InputError: the customer has no such thread.
        """
        ...

    # -- what agents do ----------------------------------------------------------

    async def claim(self, case: CaseId, agent: AgentId, *, key: str = "") -> Case:
        """Take the case. Idempotent for its holder; the bot falls silent."""
        ...

    async def assign(
        self, case: CaseId, agent: AgentId, to: AgentId, *, key: str = ""
    ) -> Case:
        """Claim the case for `to`, whoever holds it. With `to` oneself: take it over."""
        ...

    async def release(self, case: CaseId, agent: AgentId) -> Case: ...

    async def reply(
        self,
        case: CaseId,
        agent: AgentId,
        text: str,
        *,
        thread: ThreadId,
        key: str,
        seen: str | None = None,
        files: Sequence[Attachment] = (),
    ) -> Case:
        """Send `text` to the customer in one of their threads.

        `key` makes a repeated click one reply. It is kept back for the policy's
        `desk.undo` before it is sent. `seen` is the `CaseView.seen` that the text was
        written on; without it the reply goes whatever came meanwhile. `files` go with
        the text where `Channel.takes_files` says so; the channel fetches them.

        Raises:
            CaseConflict: "newer" if the customer has written since `seen`.
            UnsafeText: the public-text check found something; nothing was sent.
        """
        ...

    def takes_files(self, case: Case, thread: ThreadId) -> Set[AttachmentKind]:
        """Return which kinds of files a reply in that thread may have; none if empty."""
        ...

    async def undo(self, case: CaseId, agent: AgentId, reply: str) -> Case:
        """Take a reply back that has not begun to be sent; anybody may, once.

        `reply` is the id of its record.

        Raises:
            CaseConflict: "too_late".
            InputError: there is no such reply of an agent in this case.
        """
        ...

    async def retry(self, case: CaseId, agent: AgentId, reply: str) -> Case:
        """Send a reply that did not arrive again, as a new text; once for each reply.

        `reply` is the id of its record, which is refused, expired, withheld or unknown.

        Raises:
            UnsafeText: the public-text check found something; nothing was sent.
            InputError: there is no such reply, or it may still arrive.
        """
        ...

    async def note(self, case: CaseId, agent: AgentId, text: str, *, key: str) -> Case:
        """Add an internal note. It never leaves the desk."""
        ...

    async def change_note(
        self,
        case: CaseId,
        agent: AgentId,
        note: str,
        text: str | None,
        *,
        at: datetime,
    ) -> Case:
        """Let the note that was added with the key `note` say `text` since `at`.

        Without a text it is deleted, and nothing changes it again; an edit that is older
        than the last one changes nothing. A note that is not there is added.
        """
        ...

    async def tag(self, case: CaseId, agent: AgentId, tags: Sequence[str]) -> Case: ...

    async def correct(self, case: CaseId, agent: AgentId, label: str) -> Case: ...

    async def hand_over(self, case: CaseId, agent: AgentId, team: str) -> Case: ...

    async def snooze(self, case: CaseId, agent: AgentId, until: datetime) -> Case:
        """Put the case aside until then, or until the customer writes."""
        ...

    async def resolve(
        self,
        case: CaseId,
        agent: AgentId,
        resolution: str,
        *,
        note: str = "",
        key: str = "",
    ) -> Case: ...

    async def give_back(self, case: CaseId, agent: AgentId, *, key: str = "") -> Case:
        """End the case and let the bot speak again.

        Nothing reopens it: what the customer writes next is the bot's to read, who
        may make a new case of it.
        """
        ...

    async def block(self, case: CaseId, agent: AgentId, *, key: str = "") -> Case:
        """Let the customer have no automatic message any more; the case stays.

        What the bot has not begun to send is withheld. The customer may opt in again.
        """
        ...

    async def hide(
        self,
        case: CaseId,
        agent: AgentId,
        message: MessageId,
        *,
        hidden: bool = True,
        key: str = "",
    ) -> Case:
        """Hide a public reply of the customer's on its network, or show it again.

        Whether that can be done says `Record.can_be_hidden`.

        Raises:
            InputError: it cannot be hidden, or the network does not do it; says why.
        """
        ...
