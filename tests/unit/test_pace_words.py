"""How a wait is told: in whole minutes, with the limit that causes it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.flow.pace_words import told_wait
from bot.model.allowance import Allowance
from bot.model.message import Visibility

PRIVATE = Visibility.PRIVATE
QUARTER = Allowance("quarter", 15, timedelta(minutes=15))
DAILY = Allowance("daily", 1_440, timedelta(days=1))


def told(seconds: float, *allowances: Allowance) -> str:
    return told_wait(timedelta(seconds=seconds), "X", PRIVATE, allowances)


@pytest.mark.parametrize("seconds", [0, 59])
def test_a_short_wait_is_not_worth_a_sentence(seconds):
    assert told(seconds, QUARTER) == ""


def test_without_a_limit_nothing_waits():
    assert told(600) == ""


@pytest.mark.parametrize(
    ("seconds", "lasting"), [(60, "1 min"), (740, "12 min"), (7200, "2 hours")]
)
def test_a_wait_is_told_with_the_limit(seconds, lasting):
    limit = "X lets us send 15 direct messages in 15 minutes."
    assert told(seconds, QUARTER) == f"It goes out in about {lasting}: {limit}"


def test_of_several_limits_the_one_that_is_felt_is_named():
    assert told(600, DAILY, QUARTER).endswith("15 direct messages in 15 minutes.")
    assert told(6 * 3600, QUARTER, DAILY).endswith("1,440 direct messages a day.")
