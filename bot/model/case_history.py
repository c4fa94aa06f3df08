"""What a case's events may say, one after the other. TRANSITIONS says it for acts."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.case import (
    ACTIVE,
    HELD,
    TIMED_TRANSITIONS,
    TRANSITIONS,
    Act,
    CaseStatus,
    Transition,
)
from bot.model.event import Event, EventType

_RESOLVED = frozenset({CaseStatus.RESOLVED})

# What happens to a case without an agent: a customer's message, or time.
MOVES: dict[EventType, Transition] = {
    EventType.CASE_JOINED: Transition(ACTIVE, None, False, False),
    EventType.CASE_REOPENED: Transition(
        _RESOLVED, CaseStatus.OPEN, False, False, clears_assignee=True
    ),
    EventType.INCIDENT_JOINED: Transition(ACTIVE, None, False, False),
    EventType.INCIDENT_LEFT: Transition(
        frozenset({CaseStatus.OPEN}), None, False, False
    ),
    **TIMED_TRANSITIONS,
}
CASE_EVENTS = frozenset({EventType.CASE_OPENED, EventType.CASE_CHANGED, *MOVES})
_AFTER_CLOSING = frozenset(
    {
        *(Act.NOTE, Act.EDIT_NOTE, Act.DELETE_NOTE),
        *(Act.TAG, Act.CORRECT, Act.BLOCK, Act.UNDO, Act.HIDE, Act.SHOW),
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands, as far as its events tell."""

    status: CaseStatus
    holder: str = ""
    closed: bool = False  # nothing reopens it any more

    @property
    def held(self) -> bool:
        """Whether an agent has it, so that the bot is silent."""
        return self.status in HELD


def may_follow(before: Standing | None, event: Event) -> bool:
    """Tell whether `event` is legal for a case that stands at `before`.

    None means that the case is not known: only its opening may come then.
    """
    if before is None or event.type is EventType.CASE_OPENED:
        return before is None and event.type is EventType.CASE_OPENED
    rule, act = _rule_of(event)
    if rule is None or before.status not in rule.allowed_from:
        return False
    if before.closed and act not in _AFTER_CLOSING:
        return False
    if rule.holder_only and before.holder:
        return event.facts.get("agent") == before.holder
    return True


def standing_after(before: Standing | None, event: Event) -> Standing:
    """Return where the case stands after `event`, legal or not."""
    status = before.status if before else CaseStatus.OPEN
    holder = before.holder if before else ""
    rule, act = _rule_of(event)
    if rule is not None and rule.to is not None:
        status = rule.to
    if event.type is EventType.CASE_JOINED and status is CaseStatus.WAITING:
        status = CaseStatus.CLAIMED  # what its assignee waited for
    if act is Act.UNDO and status is CaseStatus.WAITING:
        status = CaseStatus.CLAIMED  # the customer was told nothing
    if act is Act.CLAIM:
        holder = event.facts.get("agent", "")
    if act is Act.ASSIGN:
        holder = event.facts.get("to", "")
    if rule is not None and rule.clears_assignee:
        holder = ""
    ends = event.type is EventType.CASE_CLOSED or act is Act.GIVE_BACK
    closed = bool(before and before.closed) or ends
    return Standing(status, holder, closed)


def _rule_of(event: Event) -> tuple[Transition | None, Act | None]:
    if event.type is not EventType.CASE_CHANGED:
        return MOVES.get(event.type), None
    try:
        act = Act(event.facts.get("act", ""))
    except ValueError:
        return None, None
    return TRANSITIONS[act], act
