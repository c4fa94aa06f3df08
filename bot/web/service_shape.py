"""What the page shows of a case's service levels: promises, and what time has done."""

from __future__ import annotations

from datetime import datetime

from bot.model.case import Case
from bot.model.policy import Policy
from bot.model.timer import first_answer_due, timers_of

Json = dict[str, object]


def service_shape(case: Case, policy: Policy) -> Json:
    """Return moments only; the page finds the words.

    `answer_due_at` is None once a person has answered; `next` is what happens at
    which moment if nobody does anything.
    """
    missed = case.sla_missed_at is not None
    near = case.sla_near_at is not None
    return {
        "answer_due_at": _iso(first_answer_due(case, policy.service)),
        "answer": "late" if missed else "near" if near else "due",
        "answered_at": _iso(case.answered_at),
        "unclaimed_at": _iso(case.unclaimed_at),
        "lapsed_at": _iso(case.lapsed_at),
        "lapsed_from": case.lapsed_from,
        "followed_up_at": _iso(case.followed_up_at),
        "snoozed_until": _iso(case.snoozed_until),
        "closed_at": _iso(case.closed_at),
        "next": {
            timer.kind.value: _iso(timer.due) for timer in timers_of(case, policy)
        },
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
