"""The figures, on readings whose figures one can count by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.reading import FALLBACK
from bot.nlubench.dataset import DataSet, Name, Sample
from bot.nlubench.figures import (
    auroc,
    confusions,
    coverage_at,
    coverage_curve,
    judge,
    quality,
)
from bot.nlubench.readers import Found

OUT = "out_of_scope"


def found(*ranking, needs_reply=None):
    return Found(ranking, needs_reply)


def made(*labels, judges_outside=False, replies=()):
    samples = [
        Sample(f"text {i}", label, replies[i] if replies else None)
        for i, label in enumerate(labels)
    ]
    return DataSet(
        name=Name.CLINC150,
        train=tuple(Sample("x", label) for label in ("a", "b", OUT)),
        test=tuple(samples),
        outside=OUT,
        judges_outside=judges_outside,
    )


def test_being_unsure_is_passed_over_in_accuracy_and_wrong_as_served():
    data = made("a", "a", "b", "b")
    seen = [
        found(("a", 0.9), ("b", 0.1)),
        found((FALLBACK, 0.6), ("a", 0.4)),
        found((OUT, 0.5), ("b", 0.4)),
        found(("a", 0.8), ("b", 0.2)),
    ]
    figures = quality(data, seen)
    assert figures.accuracy == 0.75
    assert figures.accuracy_served == 0.25
    assert figures.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert figures.auroc is None
    assert figures.needs_reply_f1 is None
    assert figures.calibration_error == pytest.approx((0.1 + 1.2 + 0.8) / 4)


def test_what_is_out_of_scope_counts_where_it_is_a_label_of_ones_own():
    seen = [found((OUT, 0.7), ("a", 0.3)), found(("a", 0.9), (OUT, 0.1))]
    judging = quality(made(OUT, "a", judges_outside=True), seen)
    assert (judging.accuracy, judging.messages) == (1.0, 2)
    passing = quality(made(OUT, "a"), seen[::-1])
    assert (passing.accuracy, passing.accuracy_served) == (1.0, 0.0)
    assert judging.auroc == 1.0


def test_out_of_scope_that_looks_sure_spoils_the_coverage():
    data = made("a", "b", OUT)
    sure = [found(("a", 0.9)), found(("b", 0.8)), found(("a", 0.7), (OUT, 0.3))]
    assert coverage_at(0.95, judge(data, sure)) == 1.0
    unsure = [*sure[:2], found(("a", 0.85), (OUT, 0.15))]
    assert coverage_curve(judge(data, unsure)) == [
        (0.5, 1.0),
        (0.5, 0.5),
        (1.0, pytest.approx(2 / 3)),
    ]
    assert coverage_at(0.95, judge(data, unsure)) == 0.5
    assert quality(data, unsure).auroc == 0.5


def test_equal_confidence_is_read_together_or_not_at_all():
    data = made("a", "b")
    seen = [found(("a", 0.9)), found(("a", 0.9))]
    assert coverage_curve(judge(data, seen)) == [(1.0, 0.5)]
    assert coverage_at(0.95, judge(data, seen)) == 0.0


def test_the_reply_is_judged_where_somebody_said_whether_it_is_needed():
    data = made("a", "a", "b", replies=(True, True, False))
    seen = [found(("a", 1.0), needs_reply=p) for p in (0.9, 0.2, 0.7)]
    assert quality(data, seen).needs_reply_f1 == 0.5


def test_confusions_are_counted_in_scope_only():
    data = made("a", "a", "b", OUT)
    seen = [found(("b", 0.9))] * 4
    assert confusions(judge(data, seen)) == {("a", "b"): 2}


def test_a_reading_without_an_answer_is_wrong_and_nothing_is_sure():
    (judged,) = judge(made("a"), [found((FALLBACK, 1.0))])
    assert not judged.right
    assert (judged.confidence, judged.inside) == (0.0, 0.0)


values = st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), min_size=1, max_size=8)


@given(inside=values, outside=values)
def test_auroc_is_the_share_of_pairs_in_the_right_order(inside, outside):
    pairs = [(a > b) + (a == b) / 2 for a in inside for b in outside]
    assert auroc(inside, outside) == pytest.approx(sum(pairs) / len(pairs))
