"""What an agent's act, or time alone, makes of a case. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.clock import to_ms
from bot.model.case import (
    BACK_TO_BOT,
    TIMED_TRANSITIONS,
    TRANSITIONS,
    Act,
    AgentId,
    Case,
)
from bot.model.case import CaseStatus as Status
from bot.model.timer import EVENTS, NEED_A_CARD, TimerKind

MAX_LATER_ANSWERS = 20  # so many in a row do not fail
# What begins anew also where the status stays.
_BEGINS_ANEW = frozenset({Act.REPLY, Act.HAND_OVER, Act.ASSIGN})


def acted_case(
    case: Case,
    act: Act,
    agent: AgentId,
    *,
    now: datetime,
    until: datetime | None = None,
    to: AgentId | None = None,
    undone: datetime | None = None,
) -> Case:
    """Return the case after an act, which the store has yet to allow.

    `until` ends a snooze, `to` gets an assigned case, and `undone` is when the reply
    that is taken back was written. What acts change by other arguments of their own (team,
    tags, label, resolution) is not among it.
    """
    rule = TRANSITIONS[act]
    status = rule.to or case.status
    if act is Act.UNDO and status is Status.WAITING:
        status = Status.CLAIMED  # the customer was told nothing
    case = _stirred(case, act, agent, moved=status is not case.status, now=now)
    if act is Act.CLAIM:
        case = replace(case, assignee=agent, claimed_at=now)
    elif act is Act.ASSIGN:
        case = replace(case, assignee=to, claimed_at=now)
    elif act is Act.GIVE_BACK:
        case = replace(case, resolution=BACK_TO_BOT, resolved_at=now, closed_at=now)
    elif act is Act.UNDO and undone is not None:
        case = unanswered_case(case, undone)
    elif act is Act.SNOOZE:
        case = replace(case, snoozed_until=until)
    elif act is Act.RESOLVE:
        case = replace(case, resolved_at=now)
    elif act is Act.REPLY:
        case = _answered(case, now=now)
    assignee = None if rule.clears_assignee else case.assignee
    return replace(
        case, status=status, assignee=assignee, changed_at=max(now, case.changed_at)
    )


def _answered(case: Case, *, now: datetime) -> Case:
    """Return the case with one more answer: it may have to stand in for the first."""
    if case.answered_at is None:
        return replace(case, answered_at=now)
    later = (*case.later_answers, now)
    return replace(case, later_answers=later[:MAX_LATER_ANSWERS])


def unanswered_case(case: Case, written: datetime) -> Case:
    """Return the case without the answer of that moment.

    The next answer that may have arrived is the first one then.
    """
    unheard = to_ms(written)
    later = tuple(at for at in case.later_answers if to_ms(at) != unheard)
    first = case.answered_at
    if first is not None and to_ms(first) == unheard:
        first, later = (later[0], later[1:]) if later else (None, ())
    return replace(case, answered_at=first, later_answers=later)


def _stirred(
    case: Case, act: Act, agent: AgentId, *, moved: bool, now: datetime
) -> Case:
    """Return the case with what the act says about who is silent since when."""
    if moved or act in _BEGINS_ANEW:
        return _fresh(case, now=now)
    if case.status is Status.CLAIMED and agent == case.assignee:
        return replace(case, silent_since=_since(case, now))
    return case


def _since(case: Case, now: datetime) -> datetime:
    """Return from when silence counts; an act that took long moves nothing back."""
    return max(now, case.silent_since or now)


def _fresh(case: Case, *, now: datetime) -> Case:
    """Return the case without what belonged to a stretch of it that ends now."""
    return replace(
        case,
        silent_since=_since(case, now),
        snoozed_until=None,
        unclaimed_at=None,
        followed_up_at=None,
        lapsed_at=None,
        lapsed_from=None,
    )


def rung_case(case: Case, kind: TimerKind, *, now: datetime) -> Case | None:
    """Return the case after one of its timers; None if the timer is not its own."""
    rule = TIMED_TRANSITIONS[EVENTS[kind]]
    if case.status not in rule.allowed_from:
        return None
    if case.folded and kind in NEED_A_CARD:  # set before the incident was found
        return None
    return _EFFECTS[kind](case, now)


def _lapsed(case: Case, now: datetime) -> Case:
    return replace(
        _fresh(case, now=now),
        status=Status.OPEN,
        assignee=None,
        lapsed_at=now,
        lapsed_from=case.assignee,
        changed_at=now,
    )


def _woken(case: Case, now: datetime) -> Case:
    return replace(case, snoozed_until=None, silent_since=now, changed_at=now)


_EFFECTS: dict[TimerKind, Callable[[Case, datetime], Case]] = {
    TimerKind.UNCLAIMED: lambda case, now: replace(case, unclaimed_at=now),
    TimerKind.CLAIM_SILENCE: _lapsed,
    TimerKind.SLA_NEAR: lambda case, now: replace(case, sla_near_at=now),
    TimerKind.SLA_MISSED: lambda case, now: replace(case, sla_missed_at=now),
    TimerKind.FOLLOW_UP: lambda case, now: replace(case, followed_up_at=now),
    TimerKind.SNOOZE: _woken,
    TimerKind.REOPEN: lambda case, now: replace(case, closed_at=now),
}
