"""One line of a customer's transcript: content, kept apart from events, deletable."""

from __future__ import annotations

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
    `reading`, `outcome`, `reason` and `withheld`; our texts carry `delivery`,
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
    reading: Reading | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    withheld: Reason | None = None
    delivery: Delivery | None = None
    problem: str | None = None

    def delivered(self, delivery: Delivery, problem: str | None = None) -> Record:
        """Return a copy with a new delivery state."""
        return replace(self, delivery=delivery, problem=problem)
