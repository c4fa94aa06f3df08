"""The head over sentence vectors."""

import numpy as np
import pytest

from bot.nlu.kernel import KernelHead, similarity
from bot.nlu.kernel import fit_kernel as fit_on

LABELS = 5
WIDTH = 16


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def fit_kernel(vectors, wanted, *, part=1000, **given):
    usual = {
        "labels": LABELS,
        "asked": np.arange(len(wanted)),
        "first": len(wanted),
        "dice": thrown(len(wanted)),
    }
    return fit_on(vectors, wanted, part=part, **{**usual, **given})


def thrown(rows):
    """Numbers that deal rows into two parts in turn."""
    return np.arange(rows, dtype=np.uint64) << np.uint64(32)


@pytest.fixture
def examples():
    """Two places on the sphere for each label, as two ways of asking for one thing."""
    random = np.random.default_rng(3)
    places = unit(random.normal(size=(2 * LABELS, WIDTH)))
    wanted = np.repeat(np.arange(2 * LABELS), 12)
    noise = 0.12 * random.normal(size=(len(wanted), WIDTH))
    order = random.permutation(len(wanted))
    return unit(places[wanted] + noise)[order], (wanted % LABELS)[order]


def without(row, vectors, wanted, **settings):
    """What a head says of a row that it was fitted without."""
    rest = np.delete(np.arange(len(wanted)), row)
    head = fit_kernel(vectors[rest], wanted[rest], **settings).head
    return head.scores(vectors[row : row + 1])[0]


def test_what_lies_near_an_example_gets_its_label(examples):
    vectors, wanted = examples
    head = fit_kernel(vectors, wanted).head
    near = unit(vectors + 0.05 * np.random.default_rng(4).normal(size=vectors.shape))
    assert (head.scores(near).argmax(axis=1) == wanted).all()


def test_unseen_scores_are_those_of_a_head_that_never_saw_the_example(examples):
    vectors, wanted = examples
    unseen = fit_kernel(vectors, wanted).unseen
    for row in range(0, len(wanted), 10):
        expected = without(row, vectors, wanted)
        assert unseen[row] == pytest.approx(expected, abs=2e-3)


def test_the_nearest_of_the_first_examples_is_told(examples):
    vectors, wanted = examples
    head = fit_kernel(vectors, wanted).head
    texts = unit(np.random.default_rng(5).normal(size=(1500, WIDTH)))
    scores, nearest = head.compared(texts, first=20)
    assert np.array_equal(scores, head.scores(texts))
    assert nearest == pytest.approx((texts @ vectors[:20].T).max(axis=1), abs=1e-5)


@pytest.mark.parametrize("part", [1000, 40])
def test_no_example_is_nearest_to_itself(examples, part):
    vectors, wanted = examples
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    expected = cosines[:, :30].max(axis=1)
    nearest = fit_kernel(vectors, wanted, first=30, part=part).nearest
    assert nearest == pytest.approx(expected, abs=1e-5)


def test_nearest_others_are_found_piece_by_piece():
    vectors = unit(np.random.default_rng(6).normal(size=(2500, WIDTH)))
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    expected = cosines[:, :2100].max(axis=1)
    asked = np.arange(100, 2450)
    fitted = fit_kernel(vectors, np.arange(2500) % LABELS, asked=asked, first=2100)
    assert fitted.nearest == pytest.approx(expected[asked], abs=1e-5)


def test_what_has_no_other_example_resembles_nothing(examples):
    vectors, wanted = examples
    nearest = fit_kernel(vectors, wanted, asked=np.array([0, 1]), first=1).nearest
    assert nearest[0] == pytest.approx(-1)
    assert nearest[1] == pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-5)


@pytest.mark.parametrize("part", [1000, 40])
def test_it_is_the_same_whoever_else_is_asked_about(examples, part):
    vectors, wanted = examples
    everybody = fit_kernel(vectors, wanted, part=part)
    asked = np.array([3, 4, 50, 7, 90])
    some = fit_kernel(vectors, wanted, part=part, asked=asked)
    assert some.unseen == pytest.approx(everybody.unseen[asked], abs=1e-4)
    assert some.nearest == pytest.approx(everybody.nearest[asked], abs=1e-5)
    assert some.head.weights == pytest.approx(everybody.head.weights, abs=1e-4)


def test_nobody_has_to_be_asked_about(examples):
    vectors, wanted = examples
    fitted = fit_kernel(vectors, wanted, asked=np.zeros(0, int))
    assert fitted.unseen.shape == (0, LABELS)
    assert len(fitted.nearest) == 0


def test_a_head_of_parts_is_the_mean_of_theirs(examples):
    vectors, wanted = examples
    part = len(wanted) // 2
    whole = fit_kernel(vectors, wanted, part=part).head
    dealt = np.arange(0, len(wanted), 2), np.arange(1, len(wanted), 2)
    each = [fit_kernel(vectors[r], wanted[r]).head for r in dealt]
    expected = (each[0].scores(vectors) + each[1].scores(vectors)) / 2
    assert whole.scores(vectors) == pytest.approx(expected, abs=1e-4)


def test_unseen_scores_of_parts_come_from_heads_that_never_saw_the_example(examples):
    vectors, wanted = examples
    part = len(wanted) // 2
    unseen = fit_kernel(vectors, wanted, part=part).unseen
    mine, other = np.arange(0, len(wanted), 2), np.arange(1, len(wanted), 2)
    at = 4
    own = without(at, vectors[mine], wanted[mine])
    head = fit_kernel(vectors[other], wanted[other]).head
    expected = (own + head.scores(vectors[mine[at : at + 1]])[0]) / 2
    assert unseen[mine[at]] == pytest.approx(expected, abs=2e-3)


def test_an_example_more_leaves_the_other_part_as_it_was(examples):
    vectors, wanted = examples
    new = np.uint64(1) << np.uint64(32)  # dealt to the second part
    before = fit_kernel(vectors, wanted, part=80)
    after = fit_kernel(
        np.vstack([vectors[5:6], vectors]),
        np.append(wanted[5], wanted),
        part=80,
        dice=np.append(new, thrown(len(wanted))),
    )
    first, second = after.head.weights[1:][::2], after.head.weights[1:][1::2]
    assert np.array_equal(first, before.head.weights[::2])
    assert not np.array_equal(second, before.head.weights[1::2])


def test_a_label_without_examples_is_never_the_best(examples):
    vectors, wanted = examples
    head = fit_kernel(vectors, wanted, labels=LABELS + 1).head
    scores = head.scores(vectors)
    assert (scores[:, LABELS] < scores.max(axis=1)).all()


def test_one_text_twice_under_two_labels_does_no_harm(examples):
    vectors, wanted = examples
    twice = np.vstack([vectors, vectors[:1]])
    both = np.append(wanted, (wanted[0] + 1) % LABELS)
    scores = fit_kernel(twice, both).head.scores(twice)
    assert np.isfinite(scores).all()
    assert set(np.argsort(scores[0])[-2:]) == {wanted[0], both[-1]}


def test_scores_do_not_depend_on_the_texts_beside(examples):
    vectors, wanted = examples
    head = fit_kernel(vectors, wanted).head
    many = np.tile(vectors, (12, 1))  # more than are compared at once
    together = head.scores(many)[: len(vectors)]
    alone = np.vstack([head.scores(row[None]) for row in vectors])
    assert together == pytest.approx(alone, abs=1e-4)


def test_no_texts_have_no_scores(examples):
    vectors, wanted = examples
    head = fit_kernel(vectors, wanted).head
    assert head.scores(vectors[:0]).shape == (0, LABELS)


def test_the_same_examples_give_the_same_head(examples):
    vectors, wanted = examples
    first, second = (fit_kernel(vectors, wanted) for _ in range(2))
    assert np.array_equal(first.head.weights, second.head.weights)
    assert np.array_equal(first.unseen, second.unseen)


def test_what_is_no_number_is_refused(examples):
    vectors, wanted = examples
    broken = vectors.copy()
    broken[3, 2] = np.nan
    with pytest.raises(ValueError, match="no number"):
        fit_kernel(broken, wanted)


def test_equal_vectors_are_as_alike_as_can_be(examples):
    vectors, _ = examples
    alike = similarity(vectors, vectors)
    assert np.diag(alike) == pytest.approx(np.ones(len(vectors)), abs=1e-5)
    assert (alike > 0).all()
    assert alike.max() <= 1 + 1e-5


def test_a_head_is_its_arrays(examples):
    vectors, wanted = examples
    head = fit_kernel(vectors, wanted).head
    again = KernelHead(head.examples, head.weights)
    assert np.array_equal(head.scores(vectors), again.scores(vectors))
