"""One line of a customer's transcript: content, kept apart from events, deletable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from bot.model.attachment import Attachment
from bot.model.event import Outcome
from bot.model.message import (
    ContextPost,
    Deleted,
    Nature,
    Notice,
    ThreadId,
    Visibility,
)
from bot.model.reading import Reading
from bot.model.reason import Reason

# Channels' refusals of what a person can still do without us.
BY_HAND = frozenset({"not_summoned", "dm_not_opened"})


class Author(str, Enum):
    """Who wrote the line. A note is an agent's and never leaves the desk."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    NOTE = "note"


class Delivery(str, Enum):
    """Where one of our texts is on its way."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # nobody can tell whether it arrived
    WITHHELD = "withheld"  # stopped before it was sent
    EXPIRED = "expired"  # it would have come too late to be of use
    WITHDRAWN = "withdrawn"  # taken back by an agent before it was sent


@dataclass(frozen=True, slots=True)
class Hiding:
    """That the agent `by` hid a message at `at`; both None: it is shown again."""

    message: str
    at: datetime | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What somebody wrote, with what we know of it.

    `id` is the message's id, or the key of one of our texts. Messages carry
    `reading`, `outcome`, `reason`, `withheld`, `link` and `context`; our texts carry `delivery`,
    `reason` (of a refusal) and the `agent` who wrote them. A message that its author
    edited has the newest text; of a deleted one only the line is left. A `hideable` one
    may be hidden from the network's readers.
    """

    id: str
    at: datetime
    author: Author
    thread: ThreadId
    visibility: Visibility
    text: str
    agent: str | None = None
    in_reply_to: str | None = None
    link: str | None = None
    attachments: tuple[Attachment, ...] = ()
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    reading: Reading | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    withheld: Reason | None = None
    delivery: Delivery | None = None
    problem: str | None = None
    nature: Nature = Nature.WRITTEN
    summoned: bool = True  # whether its author addressed us
    context: tuple[ContextPost, ...] = ()
    hideable: bool = False
    hidden_at: datetime | None = None
    hidden_by: str | None = None

    def delivered(self, delivery: Delivery, problem: str | None = None) -> Record:
        """Return a copy with a new delivery state."""
        return replace(self, delivery=delivery, problem=problem)

    def amended(self, notice: Notice) -> Record:
        """Return the line of a message as its author changed it.

        What was read in the old text stays as a reading, without pieces of that text.
        """
        read = replace(self.reading, entities=()) if self.reading else None
        if isinstance(notice, Deleted):
            return replace(
                self,
                text="",
                link=None,
                attachments=(),
                context=(),
                deleted_at=notice.at,
                reading=read,
            )
        return replace(self, text=notice.text, edited_at=notice.at, reading=read)

    def hidden(self, hiding: Hiding) -> Record:
        """Return the line of a message that was hidden, or is shown again."""
        return replace(self, hidden_at=hiding.at, hidden_by=hiding.by)

    @property
    def can_be_hidden(self) -> bool:
        """Whether agents may hide it, or show it again: it stands, and the network lets us."""
        return self.hideable and self.deleted_at is None

    @property
    def needs_a_hand(self) -> bool:
        """Whether the network takes no such text of ours: only by hand, in its own app."""
        return self.delivery is Delivery.REFUSED and self.problem in BY_HAND

    @property
    def amended_at(self) -> datetime | None:
        """When its author changed it last; None if they never did."""
        return self.deleted_at or self.edited_at


def newest_seen(records: Sequence[Record]) -> str:
    """Return what an agent has seen who sees `records`; "" before any message.

    It names the customer's newest message and, if they changed one, when they last did
    so. A draft keeps it: `written_since` tells what has come meanwhile.
    """
    written = _written(records)
    newest = written[-1].id if written else ""
    changed = max((_changed_ms(one) for one in written), default=0)
    return f"{newest}|{changed}" if changed else newest


def written_since(records: Sequence[Record], seen: str) -> tuple[Record, ...]:
    """Return what the customer wrote or changed after `seen`, in the transcript's order.

    A message that the transcript does not have any more is older than all it has.
    """
    written = _written(records)
    id_, _, changed = seen.rpartition("|")
    if not id_ or not changed.isdecimal():
        id_, changed = seen, "0"
    place = next((n for n, one in enumerate(written) if one.id == id_), -1)
    return tuple(
        one
        for n, one in enumerate(written)
        if n > place or _changed_ms(one) > int(changed)
    )


def _written(records: Sequence[Record]) -> list[Record]:
    return [one for one in records if one.author is Author.CUSTOMER]


def _changed_ms(record: Record) -> int:
    changed = record.amended_at
    return round(changed.timestamp() * 1000) if changed else 0
