"""No stretch of time holds more than an allowance allows, however it is spent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.allowance import MICROSECOND, Allowance


def greedy(allowance: Allowance, length: timedelta) -> list[int]:
    """Return when texts go out, in microseconds, if one goes whenever it may."""
    end = length // MICROSECOND
    times = [0] * allowance.burst
    while times[-1] + allowance.interval_us < end:
        times.append(times[-1] + allowance.interval_us)
    return times


@given(count=st.integers(1, 400), per_s=st.integers(1, 86_400))
def test_a_burst_and_what_follows_it_stay_within_the_count(count, per_s):
    allowance = Allowance("posts", count, timedelta(seconds=per_s))
    times = greedy(allowance, allowance.per)
    assert len(times) <= count
    assert len(times) >= count * 0.9  # and nearly all of it can be used


@pytest.mark.parametrize(("count", "per_s"), [(0, 60), (-1, 60), (5, 0)])
def test_an_allowance_of_nothing_is_a_mistake(count, per_s):
    with pytest.raises(ValueError, match="posts"):
        Allowance("posts", count, timedelta(seconds=per_s))
