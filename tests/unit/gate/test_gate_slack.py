"""A figure may get a little worse, and no more; and what chance makes does not count."""

from __future__ import annotations

import pytest

from bot.model.comparison import Code
from tests.unit.gate.judging import codes, crowd, judged


def sure_of(sure: float, count: int = 200) -> list:
    """Messages that are all read right, and are believed to be so by so much."""
    return [judged("greet", sure=sure) for _ in range(count)]


@pytest.mark.parametrize(
    ("sure", "refused"),
    [
        (0.992, False),  # 0.8 points further from the truth, for certain
        (0.988, True),  # 1.2
        (0.96, True),
    ],
)
def test_confidence_may_move_a_point_from_the_truth_and_no_more(sure, refused):
    found = codes(sure_of(1.0), sure_of(sure))
    assert (Code.CALIBRATION_WORSE in found) is refused


def test_confidence_that_moves_further_by_chance_is_no_objection():
    before = crowd(60)  # nine in ten are right, as sure as that
    after = [judged("greet", one.guess.label, 0.93) for one in before]
    assert Code.CALIBRATION_WORSE not in codes(before, after)
    many = [judged("greet", one.guess.label, 0.93) for one in crowd(6000)]
    assert Code.CALIBRATION_WORSE in codes(crowd(6000), many), "of many it is none"


def ours_and_others(low: int, *, ours: int = 3000, others: int = 50) -> list:
    """Messages of ours above all others, but for `low` of them that lie below."""
    inside = [judged("greet", ours=0.1 if at < low else 0.9) for at in range(ours)]
    outside = [judged("out_of_scope", "nlu_fallback", ours=0.5) for _ in range(others)]
    return [*inside, *outside]


@pytest.mark.parametrize(
    ("low", "refused"),
    [
        (12, False),  # 0.4 points of all pairs, and in every resample some
        (21, True),  # 0.7
        (90, True),
    ],
)
def test_what_is_not_ours_may_come_half_a_point_nearer_and_no_more(low, refused):
    found = codes(ours_and_others(0), ours_and_others(low))
    assert (Code.SCOPE_WORSE in found) is refused
