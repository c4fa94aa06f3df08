"""A text on its way out, and what a channel says became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Union

from bot.model.attachment import Attachment
from bot.model.message import ChannelName, CustomerId, MessageId, ThreadId, Visibility


class Speaker(str, Enum):
    """Who speaks: the rules of a network differ for machines and people."""

    BOT = "bot"
    AGENT = "agent"


class Purpose(int, Enum):
    """What a text is for. Lower goes first where a channel's pace is short."""

    PERSON = 1  # an agent's own words
    ANSWER = 2  # what the bot answers or asks
    ACKNOWLEDGEMENT = 3  # "we have it": worth little when it comes late


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One text to one customer.

    `key` is made from what caused it, so that the same cause never sends twice.
    `reply_to` is the message that it answers; None in a private thread.
    `queued_at` bounds the look-up after a lost answer. `caused_at` is when the network
    got what this text replies to: no equal text of ours can be older, whatever a
    store forgot. After `expires_at` the text is worth nothing and is not sent.
    """

    key: str
    channel: ChannelName
    customer: CustomerId
    handle: str
    thread: ThreadId
    visibility: Visibility
    text: str
    speaker: Speaker
    queued_at: datetime
    reply_to: MessageId | None = None
    case: str | None = None
    purpose: Purpose = Purpose.ANSWER
    caused_at: datetime | None = None  # None: when it was queued
    expires_at: datetime | None = None  # None: never
    files: tuple[Attachment, ...] = ()  # links; the channel fetches what it needs
    asks_rating: bool = False  # the channel adds one to five stars to tap
    not_before: datetime | None = None  # None: at once; until then it can be undone
    invites: bool = False  # to a direct message: the channel may add a way there
    generated: bool = False  # not chosen from texts that people wrote
    topic: str = ""  # the label of what the bot answers, which people may pause


@dataclass(frozen=True, slots=True)
class Sent:
    """It went out; `id` is the channel's own and `at` the moment it names."""

    id: MessageId
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """The channel declined. `code` is stable; only if not `permanent` try again."""

    code: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request may have had its effect although no answer came: look first."""


@dataclass(frozen=True, slots=True)
class NotThere:
    """The look-up proves that the text never arrived."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The look-up gives no proof in either direction: a person decides."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The look-up reached nobody. It says nothing: ask again later."""


SendResult = Union[Sent, Refused, Unknown]
Found = Union[Sent, NotThere, CannotTell, Unreachable]
