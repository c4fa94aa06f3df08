"""Many cases about one event: what an incident is, and what its card counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.model.case import (
    ACTIVE,
    AgentId,
    CaseId,
    CaseStatus,
    IncidentId,
    Priority,
)
from bot.model.message import CustomerId, Visibility

TREND_SPAN = timedelta(minutes=5)  # is compared with the span before it
_RISES = 1.25  # as many cases as before, times this: more or fewer is a change


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One event that many customers write about.

    It begins with the case `founder`; `examples` are a few of its cases with texts
    that differ. Texts stay with the customers: nothing of them is kept here.
    """

    id: IncidentId
    founder: CaseId
    customer: CustomerId  # the founder's
    examples: tuple[CaseId, ...]
    opened_at: datetime
    last_at: datetime  # when its newest case was opened
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a case began, as far as incidents compare it. `text` "" : forgotten.

    `latest` is what its customer wrote last, which may be about something else.
    """

    case: CaseId
    customer: CustomerId
    opened_at: datetime
    status: CaseStatus
    text: str
    incident: IncidentId | None
    latest: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A case of an incident, as it was when it last changed. Codes only."""

    case: CaseId
    status: CaseStatus
    priority: Priority
    visibility: Visibility
    team: str
    opened_at: datetime
    assignee: AgentId | None = None
    acknowledged: bool = True


class Trend(str, Enum):
    """Whether cases come faster than a few minutes ago."""

    RISING = "rising"
    STEADY = "steady"
    EBBING = "ebbing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the card of an incident counts. `open` are those that nobody holds."""

    cases: int
    active: int
    open: int
    urgent: int  # active ones; each keeps a card of its own
    untold: int  # open ones whose customers heard nothing of us
    by_team: Mapping[str, int]  # active ones
    by_visibility: Mapping[str, int]
    per_minute: float  # cases that came, over the last few minutes
    trend: Trend


def summary(members: Iterable[Member], *, now: datetime) -> Summary:
    """Count the cases of an incident as they are now."""
    everyone = list(members)
    active = [member for member in everyone if member.status in ACTIVE]
    unheld = [member for member in active if member.status is CaseStatus.OPEN]
    recent = _opened_since(everyone, now - TREND_SPAN)
    before = _opened_since(everyone, now - 2 * TREND_SPAN) - recent
    return Summary(
        cases=len(everyone),
        active=len(active),
        open=len(unheld),
        urgent=sum(member.priority is Priority.URGENT for member in active),
        untold=sum(not member.acknowledged for member in unheld),
        by_team=dict(Counter(member.team for member in active).most_common()),
        by_visibility=dict(Counter(m.visibility.value for m in active).most_common()),
        per_minute=round(recent / (TREND_SPAN / timedelta(minutes=1)), 1),
        trend=trend(recent, before),
    )


def trend(recent: int, before: int) -> Trend:
    """Compare the cases of a span with those of the span before it."""
    if recent > before * _RISES:
        return Trend.RISING
    return Trend.EBBING if recent * _RISES < before else Trend.STEADY


def _opened_since(members: Iterable[Member], moment: datetime) -> int:
    return sum(member.opened_at > moment for member in members)
