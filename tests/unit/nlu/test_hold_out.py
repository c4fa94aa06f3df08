"""What is held out to see what training is worth."""

import numpy as np

from bot.nlu import hold_out
from bot.nlu.hold_out import Lesson

LABELS = ["b", "a", "c", "a", "b", "c"] * 10


def test_each_example_is_held_out_once_and_learned_otherwise():
    lesson = Lesson.of(LABELS, folds=3, seed=7)
    assert [lesson.labels[at] for at in lesson.wanted] == LABELS
    assert len(lesson.folds) == 3
    held_out = np.concatenate([fold.unseen for fold in lesson.folds])
    assert sorted(held_out) == list(range(60))
    for fold in lesson.folds:
        assert sorted([*fold.seen, *fold.unseen]) == list(range(60))


def test_each_fold_holds_out_all_labels_evenly():
    for fold in Lesson.of(LABELS, folds=5, seed=7).folds:
        held_out = [LABELS[row] for row in fold.unseen]
        assert {label: held_out.count(label) for label in "abc"} == dict.fromkeys(
            "abc", 4
        )


def test_of_many_examples_some_folds_are_enough(monkeypatch):
    monkeypatch.setattr(hold_out, "ENOUGH", 40)
    lesson = Lesson.of(LABELS, folds=3, seed=7)
    assert len(lesson.folds) == 2
    assert lesson.unseen.tolist() == sorted({*lesson.unseen.tolist()})
    assert len(lesson.unseen) == 40


def test_a_label_with_one_example_leaves_nothing_to_hold_out():
    lesson = Lesson.of([*LABELS, "d"], folds=3, seed=7)
    assert lesson.folds == ()
    assert len(lesson.unseen) == 0


def test_a_label_with_two_examples_makes_two_folds():
    assert len(Lesson.of([*LABELS, "d", "d"], folds=3, seed=7).folds) == 2


def test_the_same_labels_are_dealt_the_same_way():
    first, second = (Lesson.of(LABELS, folds=3, seed=7) for _ in range(2))
    other = Lesson.of(LABELS, folds=3, seed=8)
    for mine, again in zip(first.folds, second.folds, strict=True):
        assert np.array_equal(mine.unseen, again.unseen)
    assert not np.array_equal(first.folds[0].unseen, other.folds[0].unseen)
