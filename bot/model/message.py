"""A customer's message, as every other part sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import NewType, Union

from bot.model.attachment import Attachment

ChannelName = NewType("ChannelName", str)  # "x", "simulator"
MessageId = NewType("MessageId", str)  # unique within one channel
CustomerId = NewType("CustomerId", str)  # "<channel>:<account id>", unique everywhere
ThreadId = NewType("ThreadId", str)  # a public thread of a customer, or DIRECT

DIRECT = ThreadId("dm")  # the one thread of direct messages that a customer has with us
MAX_TEXT = 10_000  # characters of a message that are stored and read
MAX_CONTEXT = 5  # posts around a message that are kept with it
MAX_CONTEXT_TEXT = 1_000  # characters of each


class Visibility(str, Enum):
    """Who can read what is written in a thread."""

    PUBLIC = "public"  # mentions and replies
    PRIVATE = "private"  # direct messages


class Nature(str, Enum):
    """What a message is. Only what somebody wrote to us is read as a request."""

    WRITTEN = "written"
    OWN = "own"  # by our own account
    REPOST = "repost"  # somebody else's words once more
    MACHINE = "machine"  # by another bot
    ENCRYPTED = "encrypted"  # the network hands us no text that can be read


class Relation(str, Enum):
    """How a post stands to the message that it is the context of."""

    REPLIED_TO = "replied_to"
    QUOTED = "quoted"
    EARLIER = "earlier"  # further up in the thread


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextPost:
    """A post without which the message is hard to understand: content, as its text is."""

    relation: Relation
    handle: str  # of who wrote it, without @; "" if the network does not tell
    text: str
    at: datetime | None = None
    link: str | None = None
    ours: bool = False  # whether we wrote it
    id: str = ""  # by these two it is found when it has to be removed
    author: str = ""  # their customer's id


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an author shows of themselves; "" and None where the network is silent."""

    name: str = ""  # the display name, which is not the handle
    followers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One inbound message. Immutable: `amended` makes another one of it.

    `handle` is the account's name without `@`, as people see it. `summoned` says
    whether the author addressed us, which public networks demand before a bot
    may answer. `in_reply_to` is the message above it in the thread. `link` leads
    to it on the network's own page, if it has one. `context` are the posts around it,
    the nearest first. `hideable`: we may hide it from the network's readers, such as a
    reply below a post of ours. A message that was deleted keeps its place and its outcome,
    without what was written.
    """

    channel: ChannelName
    id: MessageId
    customer: CustomerId
    thread: ThreadId
    text: str
    visibility: Visibility
    sent_at: datetime
    handle: str
    summoned: bool = True
    in_reply_to: MessageId | None = None
    profile: Profile | None = None
    link: str | None = None
    attachments: tuple[Attachment, ...] = ()
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    nature: Nature = Nature.WRITTEN
    context: tuple[ContextPost, ...] = ()
    hideable: bool = False

    def __post_init__(self) -> None:
        if self.sent_at.tzinfo is None:
            raise ValueError(f"sent_at must be timezone-aware: {self.sent_at!r}")
        if not self.id or not self.customer or not self.thread:
            raise ValueError("a message needs an id, a customer and a thread")

    @property
    def key(self) -> str:
        """The name under which a redelivery of this message is recognised."""
        return f"{self.channel}:{self.id}"

    def amended(self, notice: Notice) -> Message:
        """Return the message as its author changed it."""
        if isinstance(notice, Deleted):
            return replace(
                self, text="", attachments=(), context=(), deleted_at=notice.at
            )
        return replace(self, text=notice.text, edited_at=notice.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """Something that came in and cannot be decoded. Counted and parked, never dropped.

    `problem` names the cause in words without the content; `raw` is what came.
    """

    channel: ChannelName
    id: MessageId
    problem: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The author changed the text of a message `id`. The newest edit counts."""

    channel: ChannelName
    id: MessageId
    customer: CustomerId
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The author deleted the message `id`, or the network did. Nothing undoes it."""

    channel: ChannelName
    id: MessageId
    customer: CustomerId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """The customer answered the question how well people helped. It is no message."""

    channel: ChannelName
    id: MessageId
    customer: CustomerId
    stars: int  # 1 to 5
    at: datetime

    def __post_init__(self) -> None:
        if self.stars not in range(1, 6):
            raise ValueError(f"a rating is 1 to 5: {self.stars!r}")


Notice = Union[Edited, Deleted]
Inbound = Union[Message, Malformed, Edited, Deleted, Rated]  # what a channel hands over
