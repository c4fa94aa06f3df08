"""What `decide` wants done, as plain data. Imperative names; no I/O here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Union

from bot.model.case import CaseId, Priority
from bot.model.event import Outcome
from bot.model.message import Message
from bot.model.reading import Reading
from bot.model.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The messages of one thread that are read and decided together, oldest first.

    `untold` are the standard questions among the requests that no text answers: the
    live model may know some that the texts of this machine no longer, or not yet, hold.
    """

    messages: tuple[Message, ...]
    reading: Reading
    untold: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if len({m.thread for m in self.messages}) != 1:
            raise ValueError("a turn holds messages of exactly one thread")

    @property
    def last(self) -> Message:
        """The message that carries the turn's outcome."""
        return self.messages[-1]


@dataclass(frozen=True, slots=True)
class Say:
    """Send one text, made of these answers in this order.

    Each part names a response of the knowledge base without its `utter_`:
    "faq/delivery_times", "acknowledge_care", "invite_to_direct".
    """

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SayText:
    """Send exactly these words of a dialogue.

    `generated`: it has not chosen them from responses that people wrote.
    """

    text: str
    generated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """Make a case for people, or reopen the one that was resolved."""

    reason: Reason
    team: str
    priority: Priority
    priority_reasons: tuple[str, ...]
    learned: tuple[str, ...] = ()
    reopen: CaseId | None = None


@dataclass(frozen=True, slots=True)
class JoinCase:
    """Add the messages to the case that people already have.

    `priority` and `team` are set where the new message weighs more than the case.
    """

    case: CaseId
    priority: Priority | None = None
    priority_reasons: tuple[str, ...] = ()
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Converse:
    """Let the dialogue take this turn; what it returns is decided on afterwards."""

    intent: str


@dataclass(frozen=True, slots=True)
class EndDialogue:
    """Forget a running dialogue."""


@dataclass(frozen=True, slots=True)
class SetOptOut:
    """Stop, or take up again, all automatic contact with the customer.

    `at` is when the customer wrote so.
    """

    opted_out: bool
    at: datetime


Effect = Union[Say, SayText, OpenCase, JoinCase, Converse, EndDialogue, SetOptOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome of a turn, why, and what is to be done, in this order.

    `withheld` says why the bot keeps silent where it would have spoken.
    """

    outcome: Outcome
    reason: Reason
    effects: tuple[Effect, ...] = ()
    withheld: Reason | None = None
