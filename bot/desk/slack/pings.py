"""When people are to be called to a case. Each call is made once. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.clock import to_ms
from bot.model.case import ACTIVE, HELD, AgentId, Case, CaseStatus
from bot.model.record import Author
from bot.ports import CaseView
from bot.ports.chat import OwnId

STALE = timedelta(minutes=10)  # what was over long before the card came is not said


class PingKind(str, Enum):
    """Why people are called."""

    UNCLAIMED = "unclaimed"
    LAPSED = "lapsed"
    SLA_NEAR = "sla_near"
    SLA_MISSED = "sla_missed"
    FOLLOW_UP = "follow_up"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Ping:
    """One call. `agent` is who is called, or None: whoever is in the channel.

    `loud` calls show in the channel as well, not in the thread alone.
    """

    id: OwnId
    kind: PingKind
    at: datetime
    agent: AgentId | None = None
    loud: bool = False


def pings_of(view: CaseView, since: datetime | None) -> list[Ping]:
    """Return the calls that the case's present state asks for, the oldest first.

    `since` is when the case was first shown; None if it is not yet.
    """
    found = [
        ping
        for ping in _due(view)
        if since is None or ping.at >= since - STALE  # else people saw it on the card
    ]
    return sorted(found, key=lambda ping: ping.at)


def _due(view: CaseView) -> Iterator[Ping]:
    case = view.case
    if case.status is CaseStatus.OPEN and case.snoozed_until is None:
        yield from _of_queue(view)
    if case.status in ACTIVE and case.answered_at is None:
        yield from _of_promise(case)
    if case.status is CaseStatus.WAITING and case.followed_up_at is not None:
        yield _ping(case, PingKind.FOLLOW_UP, case.followed_up_at, case.assignee)


def _of_queue(view: CaseView) -> Iterator[Ping]:
    case = view.case
    if case.unclaimed_at is not None:
        yield _ping(case, PingKind.UNCLAIMED, case.unclaimed_at, loud=True)
    if case.lapsed_at is not None:
        yield _ping(case, PingKind.LAPSED, case.lapsed_at, loud=True)
    if case.reopened:
        yield Ping(
            OwnId(f"ping:{case.id}:{PingKind.REOPENED.value}:{case.reopened}"),
            PingKind.REOPENED,
            _last_written(view),
            _last_agent(view),
        )


def _of_promise(case: Case) -> Iterator[Ping]:
    held = case.assignee if case.status in HELD else None
    if case.sla_missed_at is not None:
        yield _ping(case, PingKind.SLA_MISSED, case.sla_missed_at, held, loud=True)
    elif case.sla_near_at is not None:
        yield _ping(case, PingKind.SLA_NEAR, case.sla_near_at, held)


def _ping(
    case: Case,
    kind: PingKind,
    at: datetime,
    agent: AgentId | None = None,
    *,
    loud: bool = False,
) -> Ping:
    id_ = OwnId(f"ping:{case.id}:{kind.value}:{to_ms(at)}")
    return Ping(id_, kind, at, agent, loud)


def _last_written(view: CaseView) -> datetime:
    written = [one.at for one in view.records if one.author is Author.CUSTOMER]
    return max(written, default=view.case.changed_at)


def _last_agent(view: CaseView) -> AgentId | None:
    """Return who answered last: who held the case is not known when it comes back."""
    agents = [one.agent for one in view.records if one.author is Author.AGENT]
    return AgentId(agents[-1]) if agents and agents[-1] else None
