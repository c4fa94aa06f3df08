"""What the store hands to the steps of the flow, and takes from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model.case import Case, CaseId
from bot.model.customer import Customer
from bot.model.event import EventType, Outcome
from bot.model.message import (
    ChannelName,
    CustomerId,
    Message,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.model.outgoing import Outgoing
from bot.model.rank import Rank
from bot.model.reason import Reason
from bot.model.record import Record
from bot.model.timer import Timer, TimerKind


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to handle one customer, until it runs out. `token` fences."""

    customer: CustomerId
    token: str


@dataclass(frozen=True, slots=True)
class SendFailure:
    """A text of ours that did not reach the customer, as a mail to their next turn.

    `reason` is REPLY_REFUSED, REPLY_UNCERTAIN, UNSAFE_TEXT, what `may_reply` says, or
    OPTED_OUT or CLAIMED if it was not sent and no open case takes what it answered;
    `code` says more: the channel's own, or ours.
    """

    outgoing: Outgoing
    reason: Reason
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Buried:
    """Mails that became dead letters, as a mail to the next turn: people are told.

    The place is that of the first message among them, as far as it could be read.
    """

    channel: ChannelName
    handle: str
    thread: ThreadId
    visibility: Visibility
    reason: Reason


Mail = Message | SendFailure | Buried


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One customer in hand, with all that a turn needs.

    `version` is the state that was read; a commit on an older one is refused.
    `ranks` are those of the messages among `mails`. `tries` counts turns that failed
    since the last commit, with this customer to blame; `suspect` says that a worker
    was lost with this customer in hand, perhaps because of another one. `new_case` is
    the id of the case that this turn may open. `forgotten` is the store's own note of
    what it may delete.
    """

    lease: Lease
    customer: Customer
    mails: tuple[Mail, ...]
    ranks: tuple[Rank, ...]
    version: str
    tries: int
    suspect: bool
    new_case: CaseId
    forgotten: tuple[str, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether it must be handled with no other customer beside it."""
        return self.suspect or self.tries > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A customer in hand whose first `mails` mails, or whose state, cannot be read."""

    lease: Lease
    mails: int
    tries: int
    error: str  # the name of what reading them raised


@dataclass(frozen=True, slots=True)
class Handled:
    """The outcome of one message. `label` and what follows only go into the event."""

    message: MessageId
    outcome: Outcome
    reason: Reason
    label: str = ""
    team: str = ""
    withheld: Reason | None = None
    confidence: float | None = None  # None: it was not read by itself
    known_words: float | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """An event to append, apart from the outcomes of messages. No content in `facts`."""

    type: EventType
    facts: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """Everything that one turn decided: written as a whole or not at all.

    `case` is None if the turn touched none; `timers` are all that it has then.
    `handled_mails` counts the mails that the turn dealt with, from the front.
    """

    work: Work
    customer: Customer
    at: datetime
    handled_mails: int
    handled: tuple[Handled, ...]
    records: tuple[Record, ...]
    texts: tuple[Outgoing, ...]
    happenings: tuple[Happening, ...]
    case: Case | None
    timers: tuple[Timer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """A case as it was read and as it shall be, with all the timers it has then.

    The store makes it only of the revision that was read.
    """

    before: Case
    after: Case
    timers: tuple[Timer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimer:
    """A timer whose time has come. `case` is None if it cannot be read."""

    id: CaseId
    kind: TimerKind
    case: Case | None


# A channel's refusals that say nothing about the text: the network is away, takes no
# more at the moment, or takes nothing of ours until somebody has put our account right
# (its token, permission, standing or credit). The text is not to blame, however often
# they come.
# NOT_SAID is no failure either: a look-up before the first send found nothing.
NOT_SAID = "not_said"
# Nor is SAME_WORDS: our account has just posted them, and says them a little later.
SAME_WORDS = "same_words"
PASSING = frozenset(
    {
        "rate_limited",
        "unreachable",
        "token",
        "permission",
        "suspended",
        "credit",
        NOT_SAID,
        SAME_WORDS,
    }
)
# The store could not be asked what is asked before a text goes out, or is looked for:
# that counts neither as a try nor as a wait.
STORE_AWAY = "store_away"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTask:
    """A text whose turn it is. `look_up` means that an earlier try has no known end.

    `tries` counts the tries that failed, except those with a code in PASSING, which
    `waits` counts, and with STORE_AWAY. `any_words`: the store may have forgotten a send, so that whatever
    we said there counts. `known` are the channel's ids of our other texts to this
    customer. `until` is when the sender's lease ends: later another one has the text.
    """

    outgoing: Outgoing
    until: datetime
    look_up: bool
    tries: int
    waits: int = 0
    any_words: bool = False
    known: frozenset[MessageId] = frozenset()
