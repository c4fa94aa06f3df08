"""One line of a customer's transcript: content, kept apart from events, deletable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from bot.model.event import Outcome
from bot.model.message import ThreadId, Visibility
from bot.model.reading import Reading
from bot.model.reason import Reason


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What somebody wrote, with what we know of it.

    `id` is the message's id, or the key of one of our texts. Messages carry
    `reading`, `outcome`, `reason`, `withheld` and `link`; our texts carry `delivery`,
    `reason` (of a refusal) and the `agent` who wrote them.
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
    reading: Reading | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    withheld: Reason | None = None
    delivery: Delivery | None = None
    problem: str | None = None

    def delivered(self, delivery: Delivery, problem: str | None = None) -> Record:
        """Return a copy with a new delivery state."""
        return replace(self, delivery=delivery, problem=problem)


def newest_seen(records: Sequence[Record]) -> str:
    """Return what an agent has seen who sees `records`; "" before any message.

    It is the id of the customer's newest message. A draft keeps it: what
    `written_since` returns for it has come meanwhile.
    """
    written = [one.id for one in records if one.author is Author.CUSTOMER]
    return written[-1] if written else ""


def written_since(records: Sequence[Record], seen: str) -> tuple[Record, ...]:
    """Return what the customer wrote after the message `seen`, oldest first.

    A message that the transcript does not have any more is older than all it has.
    """
    written = [one for one in records if one.author is Author.CUSTOMER]
    place = next((n for n, one in enumerate(written) if one.id == seen), -1)
    return tuple(written[place + 1 :])
