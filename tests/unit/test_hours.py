"""What customers are told about when people answer."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from bot.model.hours import expected_wait
from tests.builders import POLICY


def said_at(when, hours=POLICY.hours):
    now = datetime.fromisoformat(when).replace(tzinfo=timezone.utc)
    return expected_wait(now, hours)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-11-20T17:59", "within about 2 hours"),
        ("2026-11-20T18:00", "within about 2 hours"),  # to the minute of closing
        ("2026-11-20T18:01", "from 9:00 tomorrow"),
        ("2026-11-20T19:59", "from 9:00 tomorrow"),  # a Friday
        ("2026-11-21T16:59", "from 8:00 on Monday"),  # a Saturday
        ("2026-12-24T17:00", "within about 2 hours"),
        ("2026-12-24T19:00", "from 8:00 on Tuesday"),
        ("2026-11-19T00:10", "from 8:00 today"),
    ],
)
def test_a_wait_that_reaches_beyond_closing_ends_at_the_next_opening(when, said):
    assert said_at(when) == said


def test_a_wait_that_is_short_still_fits_before_closing():
    quick = replace(POLICY.hours, expected_wait=timedelta(minutes=10))
    assert said_at("2026-11-20T19:45", quick) == "within about 15 minutes"
    assert said_at("2026-11-20T19:55", quick) == "from 9:00 tomorrow"


def test_a_weekday_that_could_be_the_nearer_one_is_named_with_its_date():
    closed = frozenset(date(2026, 12, day) for day in range(21, 29))
    holidays = replace(POLICY.hours, holidays=closed)
    assert said_at("2026-12-22T12:00", holidays) == "from 8:00 on Tuesday 29 December"
    assert said_at("2026-12-23T12:00", holidays) == "from 8:00 on Tuesday"
