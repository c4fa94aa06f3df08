"""What counts as a move in how messages are read, and what is only chance."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from bot.flow.drift import (
    BEFORE,
    FEWEST_NOW,
    MOVES,
    NOW,
    shifts,
    tally,
)
from bot.model.drift import ABSTAINED, LABEL, READ, UNKNOWN, UNSURE, ReadingDay
from bot.model.event import Event, EventType
from bot.model.review import Cause
from tests.builders import ALICE, NOON

TODAY = date(2026, 11, 18)
DAYS = (BEFORE + NOW).days


def days(
    rng: random.Random,
    a_day: int,
    shares,
    *,
    moved=None,
    weekend=1.0,
    last=1,
    until=TODAY,
):
    """Draw a month: each measure with its share, moved over the `last` days."""
    made = []
    for back in range(DAYS - 1, -1, -1):
        day = until - timedelta(days=back)
        n = a_day
        now = {**shares, **(moved or {})} if back < last else shares
        more = weekend if day.weekday() > 4 else 1.0
        counts = {name: _drawn(rng, n, share * more) for name, share in now.items()}
        made.append(ReadingDay(day=day, counts={READ: n, **counts}))
    return made


def _drawn(rng: random.Random, n: int, share: float) -> int:
    if n * share < 30:
        return sum(rng.random() < share for _ in range(n))
    return round(rng.gauss(n * share, (n * share * (1 - share)) ** 0.5))


USUAL = {UNKNOWN: 0.03, UNSURE: 0.15, ABSTAINED: 0.1} | {
    f"{LABEL}l{n}": 0.02 for n in range(40)
}


def test_where_nothing_moved_hardly_ever_anything_is_said():
    alarms = sum(
        bool(shifts(days(random.Random(seed), 300, USUAL), today=TODAY))
        for seed in range(60)
    )
    assert alarms <= 1


def test_weekends_that_always_differ_are_no_move():
    sunday = date(2026, 11, 22)
    for seed in range(20):
        rng = random.Random(seed)
        month = days(rng, 400, {UNSURE: 0.15}, weekend=1.6, last=0, until=sunday)
        assert shifts(month, today=sunday) == ()


@pytest.mark.parametrize(
    ("measure", "share"), [(UNKNOWN, 0.1), (UNSURE, 0.28), (f"{LABEL}l7", 0.1)]
)
def test_what_moved_is_found_within_two_days(measure, share):
    """At 300 messages a day; nothing else is blamed for it."""
    hits = 0
    for seed in range(20):
        month = days(random.Random(seed), 300, USUAL, moved={measure: share}, last=2)
        found = shifts(month, today=TODAY)
        assert {one.measure for one in found} <= {measure}
        assert all(one.share > one.before for one in found)
        hits += len(found)
    assert hits >= 18


def test_a_new_topic_that_never_was_is_found_too():
    month = days(random.Random(1), 300, USUAL, moved={f"{LABEL}new": 0.08}, last=1)
    (found,) = shifts(month, today=TODAY)
    assert (found.label, found.before, found.cause) == ("new", 0.0, None)


def test_a_difference_that_is_sure_and_small_is_not_told():
    moved = {UNSURE: 0.15 + MOVES / 2}
    month = days(random.Random(1), 60_000, {UNSURE: 0.15}, moved=moved, last=2)
    assert shifts(month, today=TODAY) == ()


def test_too_little_says_nothing():
    month = days(random.Random(1), 300, USUAL, moved={UNSURE: 0.9}, last=2)
    assert shifts(month, today=TODAY) != ()
    assert shifts(month[-15:], today=TODAY) == ()
    few = days(random.Random(1), FEWEST_NOW // 2 - 1, USUAL, moved={UNSURE: 0.9})
    assert shifts(few, today=TODAY) == ()
    assert shifts([], today=TODAY) == ()


def test_the_sentence_says_how_much_since_when_and_where_to_look():
    month = days(random.Random(1), 300, USUAL, moved={UNKNOWN: 0.2}, last=2)
    (found,) = shifts(month, today=TODAY)
    assert found.cause is Cause.FITS_NOTHING
    assert "of 600 messages since 17 November" in found.says
    assert "words that the model does not know" in found.says
    assert "in the four weeks before" in found.says


def handled(**facts: str) -> Event:
    facts = {"message": "m1", "confidence": "0.95", "known_words": "1.00", **facts}
    return Event(
        id="s00-1-0",
        type=EventType.MESSAGE_HANDLED,
        at=NOON,
        customer=ALICE,
        facts={name: value for name, value in facts.items() if value},
    )


def of(*events: Event) -> ReadingDay:
    (day,) = tally(events, lambda event: event.at.date())
    return day


def test_each_message_counts_in_what_its_event_says():
    day = of(
        handled(label="greet"),
        handled(label="greet", confidence="0.31", message="m2"),
        handled(label="refund_status", known_words="0.40", reason="unknown_words"),
        handled(label="nlu_fallback", confidence="0.20"),
        handled(confidence=""),  # read together with another, or an older program's
    )
    assert day.counts == {
        READ: 4,
        UNSURE: 2,
        UNKNOWN: 1,
        ABSTAINED: 2,
        "label:greet": 2,
        "label:refund_status": 1,
        "label:nlu_fallback": 1,
    }
    assert day.examples["label:greet"] == ("m1", "m2")
    assert READ not in day.examples


def test_other_events_count_nothing():
    for kind in set(EventType) - {EventType.MESSAGE_HANDLED}:
        event = Event(id="s00-1-0", type=kind, at=NOON, customer=ALICE)
        assert tally([event], lambda one: one.at.date()) == []
