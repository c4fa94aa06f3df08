"""Which recent cases crowd around one matter."""

from __future__ import annotations

from datetime import timedelta

from bot.flow.recent_cases import MOST_MATTERS, RecentCases
from bot.model.case import CaseId, CaseStatus
from bot.model.incident import Opening
from tests.builders import ALICE, NOON


def opening(number: int, *, minute: float = 0) -> Opening:
    return Opening(
        case=CaseId(f"C-{number}"),
        customer=ALICE,
        opened_at=NOON + timedelta(minutes=minute),
        status=CaseStatus.OPEN,
        text="",
        incident=None,
    )


def test_cases_of_one_matter_and_of_those_like_it_crowd_together():
    recent = RecentCases()
    recent.add("down", opening(1, minute=2))
    recent.add("down again", opening(2, minute=1), like=["down"])
    recent.add("parcel", opening(3))
    assert [one.case for one in recent.crowd("down", at_least=2)] == ["C-2", "C-1"]
    assert recent.crowd("parcel", at_least=2) == []


def test_a_matter_at_the_edge_finds_the_crowd_around_its_neighbour():
    recent = RecentCases()
    recent.add("down", opening(1))
    recent.add("down again", opening(2), like=["down"])
    recent.add("site down", opening(3), like=["down"])  # unlike "down again"
    assert len(recent.crowd("site down", at_least=3)) == 3


def test_a_case_that_comes_twice_counts_once():
    recent = RecentCases()
    recent.add("down", opening(1))
    recent.add("down", opening(1))
    assert recent.crowd("down", at_least=2) == []


def test_what_is_dropped_or_too_old_counts_no_more():
    recent = RecentCases()
    for number in range(4):
        recent.add("down", opening(number, minute=number))
    recent.drop("down", [opening(3)])
    recent.drop_older(NOON)
    assert [one.case for one in recent.crowd("down", at_least=1)] == ["C-1", "C-2"]
    recent.drop_older(NOON + timedelta(hours=1))
    assert "down" not in recent
    recent.add("down again", opening(9), like=["down"])  # is gone: no link
    assert len(recent.crowd("down again", at_least=1)) == 1


def test_the_oldest_matters_fall_out():
    recent = RecentCases()
    for number in range(MOST_MATTERS + 5):
        recent.add(f"matter {number}", opening(number))
    assert len(recent.matters) == MOST_MATTERS
    assert "matter 4" not in recent
    assert "matter 5" in recent
