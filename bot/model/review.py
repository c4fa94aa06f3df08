"""The review queue: messages that a trainer should look at, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import NewType

from bot.model.coded import Coded
from bot.model.message import ChannelName, CustomerId, MessageId, ThreadId, Visibility
from bot.model.network_rules import ExampleUse
from bot.model.reading import Request

ReviewId = NewType("ReviewId", str)  # "R-" and what follows from the message alone


class Cause(Coded):
    """Why a message is worth a look. `says` is what trainers read."""

    CORRECTED = "corrected", "an agent corrected the intent"
    REJECTED = "rejected", "an agent wrote something else than the suggested answer"
    ASKED_AGAIN = "asked_again", "the customer asked again after an automatic answer"
    MODELS_DIFFER = "models_differ", "a model in shadow reads it differently"
    UNSURE = "unsure", "the model was not sure what is meant"
    FITS_NOTHING = "fits_nothing", "it fits no intent that the model knows"


class ReviewState(str, Enum):
    """What has become of an item."""

    OPEN = "open"
    SETTLED = "settled"  # the data were changed because of it
    DISMISSED = "dismissed"  # there is nothing to learn from it


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cause with its time. `label` is what somebody else says that it was.

    That is the agent who corrected the intent, or the model in shadow; "" if nobody
    says so. `by` is the agent, "" without one.
    """

    cause: Cause
    at: datetime
    label: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How an item was closed. `label` is the intent that it taught, `change` the edit.

    Both are "" where nothing was learned from it.
    """

    state: ReviewState
    at: datetime
    by: str
    label: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One message of the queue. `text` is masked: "my order <order_number> …".

    It holds what was read: also the words of `burst`, the messages right before.
    `label` and `confidence` are the model's reading with `alternatives` after it, and
    `ours` and `known_words` as in model/reading.py. `group` is the item with which
    near-duplicates of it began, itself if it is the first. `examples` says what the
    network lets us do with its words.
    """

    id: ReviewId
    channel: ChannelName
    message: MessageId
    customer: CustomerId
    thread: ThreadId
    visibility: Visibility
    text: str
    sent_at: datetime
    added_at: datetime
    findings: tuple[Finding, ...]
    label: str
    confidence: float
    alternatives: tuple[Request, ...] = ()
    ours: float = 1.0
    known_words: float = 1.0
    group: ReviewId
    examples: ExampleUse = ExampleUse.NEVER
    burst: tuple[MessageId, ...] = ()
    settlement: Settlement | None = None

    def __post_init__(self) -> None:
        if not self.findings:
            raise ValueError("a review item needs a finding")

    @property
    def state(self) -> ReviewState:
        """Whether it is open, settled or dismissed."""
        return self.settlement.state if self.settlement else ReviewState.OPEN

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Why it is here, in the order of `Cause`."""
        found = {finding.cause for finding in self.findings}
        return tuple(cause for cause in Cause if cause in found)

    @property
    def proposed(self) -> str:
        """The intent that somebody said it was, the newest saying; "" if nobody did."""
        said = (finding.label for finding in reversed(self.findings))
        return next((label for label in said if label), "")


def review_id(shard: str, customer: CustomerId, message: MessageId) -> ReviewId:
    """Return the id of a message's item: the same whenever and wherever it is made.

    `shard` is the store's, by which it finds the item.
    """
    hashed = sha256(f"{customer}\n{message}".encode()).hexdigest()
    return ReviewId(f"R-{shard}-{hashed[:12]}")


def shard_in(item: str) -> str:
    """Return the store's shard that an item's id names; "" if it is no such id."""
    named = item.split("-")
    return named[1] if len(named) == 3 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewGroup:
    """Near-duplicates, looked at together. `worth` orders the queue; the most first.

    `items` are some of its open ones, what teaches most first; `size` counts all.
    """

    id: ReviewId
    items: tuple[ReviewItem, ...]
    size: int
    worth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTopic:
    """What several customers wrote about and no intent covers.

    `name` is a proposal for an intent ("gift_wrapping"), made of their common `words`.
    `items` are some of its open ones, the most typical first; `size` counts all.
    """

    name: str
    words: tuple[str, ...]
    items: tuple[ReviewItem, ...]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """A part of the queue in its order. `total` counts groups, `waiting` open items."""

    groups: tuple[ReviewGroup, ...]
    total: int
    waiting: int
