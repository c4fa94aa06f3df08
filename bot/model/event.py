"""What happened, as the event stream keeps it: ids, codes, times and counts only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from bot.model.message import CustomerId


class EventType(str, Enum):
    """Past tense; the names are stable because reports key on them."""

    MESSAGE_ACCEPTED = "message_accepted"
    MESSAGE_HANDLED = "message_handled"  # outcome, reason; the last one counts
    MESSAGE_EDITED = "message_edited"  # by its author; the outcome stays
    MESSAGE_DELETED = "message_deleted"  # its text is gone; the outcome stays
    CONTEXT_REMOVED = "context_removed"  # another's post around it is gone
    REPLY_QUEUED = "reply_queued"
    REPLY_SENDING = "reply_sending"
    REPLY_SENT = "reply_sent"
    REPLY_REFUSED = "reply_refused"
    REPLY_IN_DOUBT = "reply_in_doubt"  # it may have gone out: it is looked up
    REPLY_REQUEUED = "reply_requeued"  # not now, or looked up and not there
    REPLY_UNKNOWN = "reply_unknown"  # the end: nobody can tell whether it arrived
    REPLY_WITHHELD = "reply_withheld"  # fenced by a claim, or stopped by a check
    REPLY_EXPIRED = "reply_expired"  # it would have come too late to be of use
    REPLY_WITHDRAWN = "reply_withdrawn"  # its agent took it back in time
    CASE_OPENED = "case_opened"
    CASE_JOINED = "case_joined"
    CASE_REOPENED = "case_reopened"
    CASE_CHANGED = "case_changed"  # an agent's act; `act` says which
    CASE_UNCLAIMED = "case_unclaimed"  # nobody took it in time
    CASE_LAPSED = "case_lapsed"  # its assignee was silent: open for all again
    CASE_SLA_NEAR = "case_sla_near"  # the first answer is due soon
    CASE_SLA_MISSED = "case_sla_missed"  # the first answer is late
    CASE_FOLLOW_UP = "case_follow_up"  # the customer has been silent for long
    CASE_WOKEN = "case_woken"  # it was snoozed until now
    CASE_CLOSED = "case_closed"  # resolved so long ago that nothing reopens it
    CASE_RATED = "case_rated"  # by its customer, after it was resolved
    INCIDENT_OPENED = "incident_opened"
    INCIDENT_JOINED = "incident_joined"  # a case belongs to it
    INCIDENT_LEFT = "incident_left"  # its customer wrote about something else as well
    INCIDENT_ENDED = "incident_ended"
    ERRAND_BEGUN = "errand_begun"  # an agent wants something done with all its cases
    ERRAND_WENT_ON = "errand_went_on"  # what became of some `cases` is known
    ERRAND_ENDED = "errand_ended"
    MODELS_DIFFERED = "models_differed"  # a shadow reads `message` as `label`; `model`
    REVIEW_CLOSED = "review_closed"  # a trainer has dealt with a message; `state`
    REVIEW_REOPENED = "review_reopened"
    LETTERS_REPLAYED = "letters_replayed"  # dead letters, put back by a person
    LETTERS_DROPPED = "letters_dropped"  # their content is gone, the outcome stays
    STORE_REPLACED = "store_replaced"  # another server answers: its past may be shorter
    QUIET_BEGAN = "quiet_began"  # a person told the bot to say nothing; `scope`, `by`
    QUIET_ENDED = "quiet_ended"
    MODEL_PROMOTED = (
        "model_promoted"  # `model` reads from now on; `from`, `by`, `epoch`
    )
    MODEL_SHADOWED = "model_shadowed"  # `model` reads beside it; "": none does; `by`
    CUSTOMER_OPTED_OUT = "customer_opted_out"
    CUSTOMER_OPTED_IN = "customer_opted_in"
    CUSTOMER_FORGOTTEN = "customer_forgotten"  # the store has no content of theirs
    DESK_FORGOTTEN = "desk_forgotten"  # and neither has the agents' chat; `left`: but
    CORPUS_FORGOTTEN = "corpus_forgotten"  # so many `examples` with their words went
    UNREADABLE = (
        "unreadable"  # what a reader makes of what it cannot read; never stored
    )


class Outcome(str, Enum):
    """What became of a message. Each message has exactly one."""

    ANSWERED = "answered"
    ASKED = "asked"
    HANDED_OFF = "handed_off"
    JOINED = "joined"
    COALESCED = "coalesced"
    IGNORED = "ignored"
    PENDING = "pending"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the stream. `id` is the store's; `facts` hold codes, never texts."""

    id: str
    type: EventType
    at: datetime
    customer: CustomerId
    facts: dict[str, str] = field(default_factory=dict)
