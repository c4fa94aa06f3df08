"""What is held out to see what training is worth."""

import numpy as np
import pytest

from bot.nlu import hold_out
from bot.nlu.hold_out import Lesson

LABELS = ["b", "a", "c", "a", "b", "c"] * 10
TEXTS = [f"text {number}" for number in range(60)]


def dealt(texts=TEXTS, labels=LABELS, *, folds=3, seed=7):
    return Lesson.of(texts, labels, folds=folds, seed=seed)


def places(lesson, texts):
    """In which fold each text is held out."""
    return {
        texts[row]: number
        for number, fold in enumerate(lesson.folds)
        for row in fold.unseen
    }


def test_each_example_is_held_out_once_and_learned_otherwise():
    lesson = dealt()
    assert [lesson.labels[at] for at in lesson.wanted] == LABELS
    assert len(lesson.folds) == 3
    held_out = np.concatenate([fold.unseen for fold in lesson.folds])
    assert sorted(held_out) == list(range(60))
    for fold in lesson.folds:
        assert sorted([*fold.seen, *fold.unseen]) == list(range(60))


def test_each_fold_holds_out_labels_of_few_examples_evenly():
    for fold in dealt(folds=5).folds:
        held_out = [LABELS[row] for row in fold.unseen]
        assert {label: held_out.count(label) for label in "abc"} == dict.fromkeys(
            "abc", 4
        )


def test_what_is_joined_is_learned_and_never_held_out():
    before = dealt()
    after = before.joined(["new", "newer"], [2, 0], seed=7)
    assert [after.labels[at] for at in after.wanted] == [*LABELS, "c", "a"]
    assert len(after.dice) == 62
    assert np.array_equal(after.unseen, before.unseen)
    for old, fold in zip(before.folds, after.folds, strict=True):
        assert [*fold.seen] == [*old.seen, 60, 61]
        assert np.array_equal(fold.unseen, old.unseen)


def test_labels_of_many_examples_are_dealt_nearly_evenly():
    texts = [f"text {number}" for number in range(3000)]
    for fold in dealt(texts, ["a", "b"] * 1500).folds:
        assert len(fold.unseen) == pytest.approx(1000, rel=0.1)


def test_an_edit_leaves_the_others_where_they_were():
    texts = [f"text {number}" for number in range(600)]
    labels = ["a", "b", "c"] * 200
    before = places(dealt(texts, labels), texts)
    edited = ["new", *texts[:300], *texts[301:]]
    after = places(dealt(edited, ["b", *labels[:300], *labels[301:]]), edited)
    assert after.pop("new") in range(3)
    assert before.pop("text 300") in range(3)
    assert after == before


def test_of_many_examples_some_folds_are_enough(monkeypatch):
    monkeypatch.setattr(hold_out, "ENOUGH", 40)
    lesson = dealt()
    assert len(lesson.folds) == 2
    assert lesson.unseen.tolist() == sorted({*lesson.unseen.tolist()})
    assert len(lesson.unseen) == 42  # of 20 examples of a label 7, 7 and 6


def test_the_only_example_of_a_label_is_learned_always_and_changes_nothing_else():
    texts = [*TEXTS, "new"]
    lesson = dealt(texts, [*LABELS, "d"])
    assert all(60 in fold.seen for fold in lesson.folds)
    assert places(lesson, texts) == places(dealt(), TEXTS)


def test_each_example_of_a_label_with_two_is_held_out_once_and_learned_beside_the_other():
    texts = [*TEXTS, "new", "newer"]
    lesson = dealt(texts, [*LABELS, "d", "d"])
    held_out = places(lesson, texts)
    assert {held_out.pop("new"), held_out.pop("newer")} == {0, 1}
    assert held_out == places(dealt(), TEXTS)


def test_labels_with_one_example_each_leave_nothing_to_hold_out():
    lesson = dealt(["one", "other"], ["a", "b"])
    assert lesson.folds == ()
    assert len(lesson.unseen) == 0


def test_no_fold_is_empty():
    lesson = dealt(["one", "other", "third"], ["a", "b", "b"])
    assert [len(fold.unseen) for fold in lesson.folds] == [1, 1]


def test_the_same_examples_are_dealt_the_same_way_by_one_seed():
    assert places(dealt(), TEXTS) == places(dealt(), TEXTS)
    assert places(dealt(), TEXTS) != places(dealt(seed=8), TEXTS)
