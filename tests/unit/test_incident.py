"""What the card of an incident counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model.case import CaseId, CaseStatus, IncidentId, Priority
from bot.model.errand import Errand
from bot.model.incident import Member, Trend, summary, trend
from bot.model.message import Visibility
from tests.builders import NOON, case

I_23 = IncidentId("I-23")


def member(number: int, *, minutes_ago: float = 1, **changes) -> Member:
    fields = {
        "status": CaseStatus.OPEN,
        "priority": Priority.NORMAL,
        "visibility": Visibility.PUBLIC,
        "team": "care",
        **changes,
    }
    opened_at = NOON - timedelta(minutes=minutes_ago)
    return Member(case=CaseId(f"C-{number}"), opened_at=opened_at, **fields)


def test_the_summary_counts_teams_and_places_of_what_is_not_resolved():
    members = [
        member(1),
        member(2, team="web"),
        member(3, team="web", visibility=Visibility.PRIVATE),
        member(4, status=CaseStatus.WAITING),
        member(5, status=CaseStatus.RESOLVED, team="press"),
        member(6, priority=Priority.URGENT),
    ]
    found = summary(members, now=NOON)
    assert (found.cases, found.active, found.open, found.urgent) == (6, 5, 4, 1)
    assert found.by_team == {"care": 3, "web": 2}
    assert found.by_visibility == {"public": 4, "private": 1}


def test_the_summary_counts_whom_nobody_has_told_as_long_as_nobody_has_the_case():
    members = [
        member(1),
        member(2, acknowledged=False),
        member(3, acknowledged=False, status=CaseStatus.WAITING),
        member(4, acknowledged=False, status=CaseStatus.RESOLVED),
    ]
    assert summary(members, now=NOON).untold == 1


def test_the_rate_is_of_the_last_minutes():
    old = [member(n, minutes_ago=30) for n in range(50)]
    new = [member(n, minutes_ago=2) for n in range(100, 110)]
    found = summary([*old, *new], now=NOON)
    assert found.per_minute == 2.0
    assert found.trend is Trend.RISING


@pytest.mark.parametrize(
    ("recent", "before", "expected"),
    [
        (10, 0, Trend.RISING),
        (10, 7, Trend.RISING),
        (10, 9, Trend.STEADY),
        (9, 10, Trend.STEADY),
        (7, 10, Trend.EBBING),
        (0, 10, Trend.EBBING),
        (0, 0, Trend.STEADY),
    ],
)
def test_the_trend_compares_a_span_with_the_one_before(recent, before, expected):
    assert trend(recent, before) is expected


@pytest.mark.parametrize(
    ("status", "folded"),
    [
        (CaseStatus.OPEN, True),
        (CaseStatus.CLAIMED, False),
        (CaseStatus.WAITING, True),
        (CaseStatus.RESOLVED, False),
    ],
)
def test_the_incident_stands_for_what_nobody_took_out_of_it(status, folded):
    assert case(status, incident=I_23).folded is folded
    assert not case(status).folded


def test_what_is_urgent_is_never_folded_away():
    assert not case(incident=I_23, priority=Priority.URGENT).folded


def test_wordings_are_spread_over_customers_and_steady_for_each():
    errand = Errand(
        key="k1",
        incident=I_23,
        agent="ann",
        at=NOON,
        wordings=("{handle} It works again.", "Back now, {handle}.", "Fixed."),
    )
    texts = [errand.wording_for(CaseId(f"C-{n}"), "eve") for n in range(300)]
    assert texts == [errand.wording_for(CaseId(f"C-{n}"), "eve") for n in range(300)]
    counts = {text: texts.count(text) for text in texts}
    assert sorted(counts) == ["@eve It works again.", "Back now, @eve.", "Fixed."]
    assert all(70 <= count <= 130 for count in counts.values())
