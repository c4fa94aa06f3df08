"""The statistics: exact where they can be, and the same every time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gate.chance import (
    area,
    calibration_gap,
    chance_not_worse,
    chance_of_loss,
    changes,
)
from bot.nlu.evaluation import calibration_error
from bot.nlu.request_figures import area_under_curve

SHARES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("lost", "won", "chance"),
    [(0, 0, 1.0), (3, 0, 0.125), (5, 0, 1 / 32), (4, 1, 6 / 32), (0, 5, 1.0)],
)
def test_a_loss_is_as_likely_as_so_many_heads(lost, won, chance):
    assert chance_of_loss(lost, won) == pytest.approx(chance)


def test_thousands_of_changes_overflow_nothing():
    assert 0.49 < chance_of_loss(5000, 5000) < 0.52
    assert chance_of_loss(5300, 4700) < 1e-8


@given(st.lists(st.tuples(SHARES, st.booleans()), min_size=1))
def test_the_calibration_gap_is_the_one_of_the_evaluation(pairs):
    sure, right = zip(*pairs, strict=True)
    expected = calibration_error(sure, right)
    assert calibration_gap(np.array(sure), np.array(right)) == pytest.approx(expected)


@given(st.lists(SHARES, min_size=1), st.lists(SHARES, min_size=1))
def test_the_area_is_the_one_of_the_evaluation(inside, outside):
    values = np.array([*inside, *outside])
    marks = np.array([True] * len(inside) + [False] * len(outside))
    assert area(values, marks) == pytest.approx(area_under_curve(inside, outside))


def test_nothing_can_be_mistaken_where_there_is_one_kind_only():
    assert area(np.array([0.1, 0.9]), np.array([True, True])) == 1.0


def test_resampling_gives_the_same_answer_every_time():
    values = np.array([1.0, -1.0, 1.0, 0.5, -0.2])

    def worse_by(rows):
        return float(values[rows].sum())

    found = {chance_not_worse(worse_by, len(values)) for _ in range(3)}
    assert len(found) == 1
    assert 0 < found.pop() < 1


def test_changes_are_counted_in_both_directions():
    assert changes([True, True, False, False], [False, True, True, False]) == (1, 1)
