"""The work that an unresolved customer makes, and how it may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, NewType

from bot.model.event import EventType
from bot.model.message import ChannelName, CustomerId, ThreadId, Visibility

CaseId = NewType("CaseId", str)
AgentId = NewType("AgentId", str)
IncidentId = NewType("IncidentId", str)  # I-23; see model.incident


class CaseStatus(str, Enum):
    """open → claimed → (waiting on the customer) → resolved; a new message reopens."""

    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"  # on the customer; still held by its assignee
    RESOLVED = "resolved"


HELD = frozenset({CaseStatus.CLAIMED, CaseStatus.WAITING})
ACTIVE = frozenset({CaseStatus.OPEN, *HELD})


class Priority(int, Enum):
    """Lower comes first, as in most desks."""

    URGENT = 1
    HIGH = 2
    NORMAL = 3
    LOW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One customer's unresolved matter.

    `reason` is the code of the handoff that opened it; `label`, `confidence` are
    the reading that stood behind it, until an agent corrects the label.
    `resolution` is the reason code an agent gave when resolving. `incident` is what
    it was found to be part of; only the store's own scripts write that.
    `silent_since` is the last sign of life of whoever's turn it is: the desk's while
    the case is open, the assignee's while it is claimed, the customer's while we wait
    for them. `revision` counts changes, so that none is made on an older state; only
    the store writes it.
    """

    id: CaseId
    customer: CustomerId
    handle: str
    channel: ChannelName
    thread: ThreadId
    visibility: Visibility
    status: CaseStatus
    team: str
    reason: str
    label: str
    confidence: float
    priority: Priority
    priority_reasons: tuple[str, ...]
    opened_at: datetime
    changed_at: datetime
    assignee: AgentId | None = None
    claimed_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution: str | None = None
    corrected_label: str | None = None
    tags: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()  # facts a dialogue gathered: "order number FH-482913"
    reopened: int = 0
    acknowledged: bool = False
    revision: int = 0
    silent_since: datetime | None = None
    answered_at: datetime | None = None  # the first answer by a person
    later_answers: tuple[datetime, ...] = ()  # that count if it does not arrive
    snoozed_until: datetime | None = None  # out of the queue until then
    # What timers have noted, each once; see model/timer.py.
    unclaimed_at: datetime | None = None  # nobody had taken it in time
    sla_near_at: datetime | None = None  # the first answer was nearly due
    sla_missed_at: datetime | None = None  # the first answer was late
    followed_up_at: datetime | None = None  # the customer had been silent for long
    lapsed_at: datetime | None = None  # its assignee had been silent …
    lapsed_from: AgentId | None = None  # … this one
    closed_at: datetime | None = None  # nothing reopens it any more
    incident: IncidentId | None = None
    rating: int | None = None  # 1 to 5, by the customer, since it was resolved

    @property
    def folded(self) -> bool:
        """Whether the card of its incident stands for it."""
        return is_folded(
            self.status, self.priority, in_incident=self.incident is not None
        )


def is_folded(status: CaseStatus, priority: Priority, *, in_incident: bool) -> bool:
    """Tell whether the card of its incident stands for such a case.

    What an agent took out of the incident has a card of its own, and so has what is
    urgent. One that waits for its customer goes back until they write.
    """
    if not in_incident or priority is Priority.URGENT:
        return False
    return status in (CaseStatus.OPEN, CaseStatus.WAITING)


class Act(str, Enum):
    """What agents do to a case."""

    CLAIM = "claim"
    RELEASE = "release"
    REPLY = "reply"
    NOTE = "note"
    TAG = "tag"
    CORRECT = "correct"
    HAND_OVER = "hand_over"
    SNOOZE = "snooze"
    RESOLVE = "resolve"
    ASSIGN = "assign"  # to somebody, or taken over from whoever held it
    GIVE_BACK = "give_back"  # to the bot: it ends, and nothing reopens it
    BLOCK = "block"  # no automatic message to this customer any more
    EDIT_NOTE = "edit_note"
    DELETE_NOTE = "delete_note"
    UNDO = "undo"  # a reply that has not begun to be sent is taken back
    HIDE = "hide"  # a customer's public reply, from the network's readers
    SHOW = "show"  # what was hidden, again


@dataclass(frozen=True, slots=True)
class Transition:
    """When an act or a timer's effect is allowed and what it leads to.

    `to` None keeps the status, but an undone reply ends the waiting. `holder_only` demands that the acting agent is the
    assignee, if somebody holds the case. `raises_epoch` stops whatever the bot has not begun to send.
    """

    allowed_from: frozenset[CaseStatus]
    to: CaseStatus | None
    holder_only: bool
    raises_epoch: bool
    clears_assignee: bool = False


TRANSITIONS: dict[Act, Transition] = {
    Act.CLAIM: Transition(
        frozenset({CaseStatus.OPEN}), CaseStatus.CLAIMED, False, True
    ),
    Act.RELEASE: Transition(HELD, CaseStatus.OPEN, True, False, clears_assignee=True),
    Act.REPLY: Transition(HELD, CaseStatus.WAITING, True, False),
    Act.NOTE: Transition(frozenset(CaseStatus), None, False, False),
    Act.EDIT_NOTE: Transition(frozenset(CaseStatus), None, False, False),
    Act.DELETE_NOTE: Transition(frozenset(CaseStatus), None, False, False),
    Act.TAG: Transition(frozenset(CaseStatus), None, False, False),
    Act.CORRECT: Transition(frozenset(CaseStatus), None, False, False),
    Act.HAND_OVER: Transition(
        ACTIVE, CaseStatus.OPEN, True, False, clears_assignee=True
    ),
    Act.SNOOZE: Transition(ACTIVE, None, True, False),
    Act.RESOLVE: Transition(HELD, CaseStatus.RESOLVED, True, False),
    Act.ASSIGN: Transition(ACTIVE, CaseStatus.CLAIMED, False, True),
    Act.GIVE_BACK: Transition(ACTIVE, CaseStatus.RESOLVED, True, False),
    Act.BLOCK: Transition(frozenset(CaseStatus), None, False, True),
    Act.UNDO: Transition(frozenset(CaseStatus), None, False, False),
    Act.HIDE: Transition(frozenset(CaseStatus), None, False, False),
    Act.SHOW: Transition(frozenset(CaseStatus), None, False, False),
}
# What a case that was given back says beside the reasons that agents may choose.
BACK_TO_BOT: Final = "back to the bot"

# What becomes of a case when time has passed, by the event that says so.
TIMED_TRANSITIONS: dict[EventType, Transition] = {
    EventType.CASE_UNCLAIMED: Transition(
        frozenset({CaseStatus.OPEN}), None, False, False
    ),
    EventType.CASE_LAPSED: Transition(
        frozenset({CaseStatus.CLAIMED}),
        CaseStatus.OPEN,
        False,
        False,
        clears_assignee=True,
    ),
    EventType.CASE_SLA_NEAR: Transition(ACTIVE, None, False, False),
    EventType.CASE_SLA_MISSED: Transition(ACTIVE, None, False, False),
    EventType.CASE_FOLLOW_UP: Transition(
        frozenset({CaseStatus.WAITING}), None, False, False
    ),
    EventType.CASE_WOKEN: Transition(ACTIVE, None, False, False),
    EventType.CASE_CLOSED: Transition(
        frozenset({CaseStatus.RESOLVED}), None, False, False
    ),
}


def case_id(number: int) -> CaseId:
    """Return the id that people see and say: C-1042."""
    return CaseId(f"C-{number}")
