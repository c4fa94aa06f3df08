"""What orders the review queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.flow.teaching import HALF_LIFE, grouped, least_worth, teaches, worth
from bot.model.message import MessageId, ThreadId, Visibility
from bot.model.reading import Request
from bot.model.review import Cause, Finding, ReviewId, ReviewItem
from tests.builders import ALICE, CHANNEL, NOON


def item(
    number: int = 1,
    *causes: Cause,
    confidence: float = 0.5,
    second: float = 0.0,
    ours: float = 1.0,
    group: int | None = None,
    at: datetime = NOON,
    text: str = "some words",
) -> ReviewItem:
    found = causes or (Cause.UNSURE,)
    return ReviewItem(
        id=ReviewId(f"R-s00-{number:012x}"),
        channel=CHANNEL,
        message=MessageId(f"m{number}"),
        customer=ALICE,
        thread=ThreadId("t"),
        visibility=Visibility.PRIVATE,
        text=text,
        sent_at=at,
        added_at=at,
        findings=tuple(Finding(cause=cause, at=at) for cause in found),
        label="greet",
        confidence=confidence,
        alternatives=(Request("thanks", second),) if second else (),
        ours=ours,
        group=ReviewId(f"R-s00-{number if group is None else group:012x}"),
    )


def test_where_somebody_says_it_was_wrong_the_surer_teaches_more():
    for cause in (
        Cause.CORRECTED,
        Cause.ASKED_AGAIN,
        Cause.REJECTED,
        Cause.MODELS_DIFFER,
    ):
        sure, unsure = item(1, cause, confidence=0.9), item(1, cause, confidence=0.2)
        assert teaches(sure) > teaches(unsure) > 0


def test_where_only_the_model_doubts_the_closer_call_teaches_more():
    close, clear = item(confidence=0.4, second=0.38), item(confidence=0.4, second=0.05)
    assert teaches(close) > teaches(clear) > 0
    foreign = item(1, Cause.FITS_NOTHING, ours=0.1)
    assert teaches(foreign) > teaches(item(1, Cause.FITS_NOTHING, ours=0.9))


def test_causes_add_up_and_a_correction_weighs_most():
    both = item(1, Cause.CORRECTED, Cause.UNSURE)
    assert teaches(both) > teaches(item(1, Cause.CORRECTED))
    for cause in set(Cause) - {Cause.CORRECTED}:
        assert teaches(item(1, Cause.CORRECTED)) > teaches(item(1, cause))


def test_more_of_the_same_and_newer_come_first():
    alone = worth([item()], now=NOON)
    assert worth([item(1), item(2)], now=NOON) > alone
    later = NOON + HALF_LIFE
    assert worth([item()], now=later) == pytest.approx(alone / 2)
    assert worth([item(at=later)], now=NOON) == pytest.approx(alone)  # clocks differ


def test_one_new_item_makes_its_group_new():
    old = item(1, at=NOON - HALF_LIFE)
    assert worth([old, item(2)], now=NOON) > 2 * worth([old], now=NOON)


def test_groups_come_in_order_of_worth_and_their_items_too():
    small = item(1, Cause.UNSURE)
    big = [item(n, Cause.UNSURE, group=2) for n in range(2, 6)]
    best = replace(big[2], findings=(Finding(cause=Cause.CORRECTED, at=NOON),))
    first, second = grouped([small, big[0], best, big[1]], now=NOON)
    assert (first.size, second.size) == (3, 1)
    assert first.items[0] == best
    assert first.worth > second.worth


def test_of_too_many_the_later_near_duplicates_go_first():
    same = [item(n, group=1, at=NOON + timedelta(seconds=n)) for n in range(1, 5)]
    other = item(9, confidence=0.45, second=0.0)
    gone = least_worth([*same, other], 2, now=NOON)
    assert other not in gone
    assert same[0] not in gone
    assert len(gone) == 2


def test_the_order_depends_on_nothing_else():
    items = [item(n) for n in range(10)]
    assert grouped(items, now=NOON) == grouped(items[::-1], now=NOON)
