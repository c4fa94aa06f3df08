"""Vectors lean towards the mean of the label they look like."""

import numpy as np
import pytest

from bot.nlu.cascade import SecondLook, fit_meaning
from bot.nlu.confidence import UNCORRECTED
from bot.nlu.hold_out import Lesson
from bot.nlu.leaning import FEW, LEANING, RIDGE, Leaning, fit_leaning

LABELS, EACH, WIDTH = 8, 10, 24


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def drawn(each, *, seed=3):
    """Labels differ in a few directions, and texts in all."""
    random = np.random.default_rng(seed)
    places = np.zeros((LABELS, WIDTH))
    places[:, :6] = np.random.default_rng(1).normal(size=(LABELS, 6))
    wanted = np.repeat(np.arange(LABELS), each)
    return unit(places[wanted] + 1.1 * random.normal(size=(len(wanted), WIDTH))), wanted


@pytest.fixture
def examples():
    return drawn(EACH)


def nearest_mean(vectors, wanted, asked):
    means = unit(np.array([vectors[wanted == k].sum(axis=0) for k in range(LABELS)]))
    return (asked @ means.T).argmax(axis=1)


def lesson_of(wanted):
    texts = [f"text {row}" for row in range(len(wanted))]
    return Lesson.of(texts, [f"l{column}" for column in wanted], folds=3, seed=7)


def test_new_texts_are_told_apart_better_than_before(examples):
    vectors, wanted = examples
    new, right = drawn(60, seed=4)
    leaning, moved = fit_leaning(vectors, wanted, labels=LABELS)
    before = (nearest_mean(vectors, wanted, new) == right).mean()
    after = (nearest_mean(moved, wanted, leaning.of(new)) == right).mean()
    assert after > before + 0.02


def test_an_example_moves_as_if_its_label_were_not_known(examples):
    """Another fit, without the example, moves it to where it was told to be."""
    vectors, wanted = examples
    _, moved = fit_leaning(vectors, wanted, labels=LABELS)
    for row in range(0, len(wanted), 7):
        rest = np.delete(np.arange(len(wanted)), row)
        other, _ = fit_leaning(vectors[rest], wanted[rest], labels=LABELS)
        assert moved[row] @ other.of(vectors[row : row + 1])[0] > 0.97


def test_a_vector_moves_by_ridge_regression_to_the_means(examples):
    vectors, wanted = examples
    leaning, _ = fit_leaning(vectors, wanted, labels=LABELS)
    means = unit(np.array([vectors[wanted == k].sum(axis=0) for k in range(LABELS)]))
    rows, targets = vectors - vectors.mean(axis=0), (means - means.mean(axis=0))[wanted]
    padded = np.vstack([rows, np.sqrt(RIDGE) * np.eye(WIDTH)])
    goals = np.vstack([targets, np.zeros((WIDTH, WIDTH))])
    turn = np.linalg.lstsq(padded, goals, rcond=None)[0]
    expected = unit(vectors + LEANING * (rows @ turn))
    assert np.allclose(leaning.of(vectors), expected, atol=2e-3)


def test_a_vector_moves_the_same_alone_and_among_others(examples):
    vectors, wanted = examples
    leaning, _ = fit_leaning(vectors, wanted, labels=LABELS)
    alone = np.vstack([leaning.of(vector[None]) for vector in vectors])
    assert np.allclose(alone, leaning.of(vectors), atol=1e-6)
    assert np.allclose(np.linalg.norm(alone, axis=1), 1, atol=1e-6)


def test_what_is_stored_is_what_was_learned(examples):
    leaning, _ = fit_leaning(*examples, labels=LABELS)
    loaded = Leaning.stored(leaning.kept())
    assert np.array_equal(loaded.turn, leaning.turn)
    assert np.array_equal(loaded.middle, leaning.middle)
    assert Leaning.stored({}) is None
    with pytest.raises(KeyError):
        Leaning.stored({"turn": leaning.turn})


@pytest.mark.parametrize(("each", "leans"), [(FEW, True), (FEW + 1, False)])
def test_only_where_examples_are_few_do_vectors_lean(each, leans):
    vectors, wanted = drawn(each)
    meaning = fit_meaning(vectors, lesson_of(wanted))
    assert (meaning.leaning is not None) == leans


def test_texts_move_as_the_examples_did(examples, tmp_path):
    vectors, wanted = examples
    new, _ = drawn(5, seed=5)
    meaning = fit_meaning(vectors, lesson_of(wanted))
    look = SecondLook(
        meaning.head, (0.0, 1.0), 0.5, "any", meaning.inside,
        UNCORRECTED, meaning.leaning,
    )  # fmt: skip
    look.save(tmp_path)
    words = np.zeros((len(new), LABELS))
    found = SecondLook.load(tmp_path).probabilities(words, new)
    scores = meaning.head.scores(meaning.leaning.of(new))
    assert np.allclose(np.log(found), scores - _log_sum(scores), atol=1e-5)
    assert not np.allclose(scores, meaning.head.scores(new), atol=0.05)


def _log_sum(scores):
    return np.log(np.exp(scores).sum(axis=1, keepdims=True))
