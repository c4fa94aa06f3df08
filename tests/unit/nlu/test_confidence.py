"""Probabilities that keep their word, and what is ours told from what is not."""

import json

import numpy as np
import pytest
from scipy.special import expit, softmax

from bot.nlu.confidence import (
    UNCORRECTED,
    Confidence,
    Logistic,
    confidence_from,
    fit_confidence,
)
from bot.nlu.evaluation import calibration_error

OUTSIDE = 2


def texts(count, *, outside, seed=4):
    """Scores of four labels, too sure of themselves, and what is right.

    Those out of scope resemble no example; the scores alone hardly tell.
    """
    random = np.random.default_rng(seed)
    fair = random.normal(size=(count, 4)) * 2
    wanted = np.array([random.choice(4, p=row) for row in softmax(fair, axis=1)])
    wanted[wanted == OUTSIDE] = 0
    wanted[random.uniform(size=count) < outside] = OUTSIDE
    nearest = np.where(wanted == OUTSIDE, 0.4, 0.7) + random.normal(size=count) * 0.12
    return fair * 3, wanted, nearest


@pytest.fixture
def learned():
    scores, wanted, nearest = texts(6000, outside=0.1)
    return fit_confidence(scores, wanted, outside=OUTSIDE, nearest=nearest)


def test_confidence_is_how_often_it_is_right(learned):
    scores, wanted, nearest = texts(6000, outside=0.1, seed=5)
    before, after = softmax(scores, axis=1), learned.probabilities(scores, nearest)
    errors = [
        calibration_error(p.max(axis=1).tolist(), (p.argmax(axis=1) == wanted).tolist())
        for p in (before, after)
    ]
    assert errors[0] > 0.1
    assert errors[1] < 0.03


def test_what_resembles_nothing_of_ours_is_not_ours(learned):
    scores = np.array([[9.0, 0.0, 0.0, 0.0]] * 2)
    far, near = learned.probabilities(scores, np.array([0.1, 0.75]))
    assert far.argmax() == OUTSIDE
    assert near.argmax() == 0


def test_how_likely_it_is_ours_keeps_its_word_too(learned):
    scores, wanted, nearest = texts(6000, outside=0.1, seed=6)
    ours = 1 - learned.probabilities(scores, nearest)[:, OUTSIDE]
    unsure = (ours > 0.2) & (ours < 0.8)
    assert unsure.sum() > 50
    right = (wanted != OUTSIDE)[unsure]
    assert ours[unsure].mean() == pytest.approx(right.mean(), abs=0.12)


def test_rows_add_up_and_labels_of_ours_keep_their_order(learned):
    scores, _, nearest = texts(500, outside=0.1, seed=7)
    likely = learned.probabilities(scores, nearest)
    assert likely.min() >= 0
    assert np.allclose(likely.sum(axis=1), 1.0)
    inside = [0, 1, 3]
    best = likely[:, inside].argmax(axis=1)
    assert (best == scores[:, inside].argmax(axis=1)).all()


def test_a_best_label_that_deserves_little_stays_the_best():
    doubts = Confidence(Logistic((0.0, 0.0), -5.0))
    likely = doubts.probabilities(np.log([[0.5, 0.3, 0.2], [0.4, 0.4, 0.2]]))
    assert likely[0].argmax() == 0
    assert likely[0, 0] == pytest.approx(likely[0, 1])
    assert likely[1].argmax() in (0, 1)


def test_few_examples_correct_little_and_tell_nothing_of_what_is_ours():
    scores, wanted, nearest = texts(4, outside=0.2)
    found = fit_confidence(scores, wanted, outside=OUTSIDE, nearest=nearest)
    assert found.ours is None
    assert found.which.weights == pytest.approx((1.0, 0.0), abs=0.6)


def test_without_examples_out_of_scope_every_text_is_ours():
    scores, wanted, _ = texts(300, outside=0.0)
    found = fit_confidence(scores, wanted, outside=None)
    assert (found.outside, found.ours) == (None, None)
    assert np.allclose(found.probabilities(scores).sum(axis=1), 1.0)


def test_uncorrected_it_is_the_softmax():
    scores, _, _ = texts(50, outside=0.0)
    assert np.allclose(UNCORRECTED.probabilities(scores), softmax(scores, axis=1))
    beside = Confidence(outside=OUTSIDE).probabilities(scores)
    assert np.allclose(beside, softmax(scores, axis=1))


def test_scores_without_measure_are_borne():
    scores = np.array([[1e6, -1e6, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    for made in (UNCORRECTED, Confidence(Logistic((1.0, 0.0)), outside=OUTSIDE)):
        assert np.isfinite(made.probabilities(scores)).all()


def test_one_label_of_ours_is_certain_of_itself():
    likely = Confidence(outside=1).probabilities(np.array([[2.0, 0.0]]))
    assert likely[0] == pytest.approx([expit(2.0), expit(-2.0)])


def test_it_comes_back_as_it_was_told(learned):
    assert confidence_from(json.loads(json.dumps(learned.told()))) == learned
    assert confidence_from(json.loads(json.dumps(UNCORRECTED.told()))) == UNCORRECTED


@pytest.mark.parametrize(
    "told",
    [
        {"which": None, "ours": None, "outside": None},
        {"which": {"weights": [1.0], "offset": 0.0}, "ours": 3, "outside": None},
        {"which": {"weights": [1.0]}, "ours": None, "outside": None},
        {"which": {"weights": [1], "offset": 0}, "ours": None, "outside": "x"},
        {"which": {"weights": [1], "offset": 0}},
    ],
)
def test_what_is_damaged_is_refused(told):
    with pytest.raises((KeyError, TypeError, ValueError)):
        confidence_from(told)
