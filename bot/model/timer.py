"""What is to happen to a case when time passes and nothing else does. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.model.case import ACTIVE, Case, CaseStatus
from bot.model.event import EventType
from bot.model.policy import Policy, ServiceLevels


class TimerKind(str, Enum):
    """What a timer of a case is for. A case has at most one of each kind."""

    UNCLAIMED = "unclaimed"  # nobody takes it
    CLAIM_SILENCE = "claim_silence"  # its assignee does nothing
    SLA_NEAR = "sla_near"  # the first answer is due soon
    SLA_MISSED = "sla_missed"  # the first answer is due
    FOLLOW_UP = "follow_up"  # the customer does not react
    SNOOZE = "snooze"  # an agent wanted to see it again
    REOPEN = "reopen"  # from then on a message makes a new case


EVENTS: dict[TimerKind, EventType] = {
    TimerKind.UNCLAIMED: EventType.CASE_UNCLAIMED,
    TimerKind.CLAIM_SILENCE: EventType.CASE_LAPSED,
    TimerKind.SLA_NEAR: EventType.CASE_SLA_NEAR,
    TimerKind.SLA_MISSED: EventType.CASE_SLA_MISSED,
    TimerKind.FOLLOW_UP: EventType.CASE_FOLLOW_UP,
    TimerKind.SNOOZE: EventType.CASE_WOKEN,
    TimerKind.REOPEN: EventType.CASE_CLOSED,
}


# Nobody would see these of a case for which the card of its incident stands.
NEED_A_CARD = frozenset({TimerKind.UNCLAIMED, TimerKind.FOLLOW_UP})


@dataclass(frozen=True, slots=True)
class Timer:
    """One timer of a case."""

    kind: TimerKind
    due: datetime


def timers_of(case: Case, policy: Policy) -> tuple[Timer, ...]:
    """Return all timers that `case` has in its present state.

    Each change of a case replaces its timers by these, in the same step; so a
    timer that is found is always one of the state that the case is in.
    """
    timers = (*_of_promise(case, policy.service), *_of_status(case, policy))
    return tuple(one for one in timers if not (case.folded and one.kind in NEED_A_CARD))


def first_answer_due(case: Case, service: ServiceLevels) -> datetime | None:
    """Return when a person's first answer is due; None if it was given, or not owed.

    A priority that rises brings it forward; handing over or a lapse moves nothing.
    """
    if case.answered_at is not None or case.status not in ACTIVE:
        return None
    return case.opened_at + service.first_answer[case.priority]


def _of_promise(case: Case, service: ServiceLevels) -> Iterator[Timer]:
    due = first_answer_due(case, service)
    if due is None or case.sla_missed_at is not None:
        return
    yield Timer(TimerKind.SLA_MISSED, due)
    if case.sla_near_at is None:
        yield Timer(TimerKind.SLA_NEAR, due - service.remind_before)


def _of_status(case: Case, policy: Policy) -> Iterator[Timer]:
    since = case.silent_since or case.changed_at
    if case.status is CaseStatus.RESOLVED:
        if case.closed_at is None:
            ended = case.resolved_at or since
            yield Timer(TimerKind.REOPEN, ended + policy.reopen_within)
    elif case.snoozed_until is not None:  # who put it aside is not to be hurried
        yield Timer(TimerKind.SNOOZE, case.snoozed_until)
    elif case.status is CaseStatus.OPEN:
        if case.unclaimed_at is None:
            yield Timer(TimerKind.UNCLAIMED, since + policy.service.unclaimed)
    elif case.status is CaseStatus.CLAIMED:
        yield Timer(TimerKind.CLAIM_SILENCE, since + policy.service.claim_silence)
    elif case.followed_up_at is None:
        yield Timer(TimerKind.FOLLOW_UP, since + policy.service.follow_up)
