"""The head over sentence vectors: ridge regression on the similarity to every example.

A text's score for a label is a weighted sum over the examples that it resembles, so
labels need not be divided by planes: two ways of asking for one thing may lie far
apart. The weights solve one system of equations, as large as there are examples, which
also tells what would be said of each example had it been left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Chosen on held-out training questions of BANKING77 with all and with ten examples an
# intent; see docs/adr.
SHARPNESS = np.float32(2.0)  # similarity is exp(sharpness * (cosine - 1))
RIDGE = 0.1  # what is added to each example's similarity to itself
PART = 10_000  # examples that are solved together; time grows with the third power
_PIECE = 1024  # texts that are compared with all examples at once, to bound memory


@dataclass(frozen=True, slots=True)
class KernelHead:
    """Scores are near 1.0 for the right label and near 0.0 for all others."""

    examples: NDArray[np.float32]  # (examples, width), unit vectors
    weights: NDArray[np.float32]  # (examples, labels)

    def scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return (texts, labels) for unit vectors (texts, width)."""
        return self.compared(vectors, first=1)[0]

    def compared(
        self, vectors: NDArray[np.float32], *, first: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the scores, and the cosine of each to the nearest of `first` examples."""
        found = np.zeros((len(vectors), self.weights.shape[1]))
        nearest = np.ones(len(vectors))
        for start in range(0, len(vectors), _PIECE):
            piece = slice(start, start + _PIECE)
            alike = similarity(vectors[piece], self.examples)
            found[piece] = alike @ self.weights
            nearest[piece] += np.log(alike[:, :first].max(axis=1)) / SHARPNESS
        return found, nearest


@dataclass(frozen=True, slots=True)
class Fitted:
    """A head, and what one fitted without an example says of each that was asked about.

    `unseen` are the scores, (asked, labels), and `nearest` the cosines to the nearest
    other of the first examples, (asked,).
    """

    head: KernelHead
    unseen: NDArray[np.float64]
    nearest: NDArray[np.float64]


def similarity(
    left: NDArray[np.float32], right: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return (left, right): 1.0 for equal unit vectors, never below zero."""
    alike: NDArray[np.float32] = left @ right.T
    alike -= np.float32(1)
    alike *= SHARPNESS
    return np.exp(alike, out=alike)


def fit_kernel(
    vectors: NDArray[np.float32],
    wanted: NDArray[np.int64],
    *,
    labels: int,
    asked: NDArray[np.intp],
    first: int,
    dice: NDArray[np.uint64],
    part: int = PART,
) -> Fitted:
    """Fit on unit `vectors`, whose rows' labels are the columns `wanted`. Deterministic.

    More than `part` examples are dealt into parts and solved part by part; the head is
    the mean of theirs, hardly worse and much sooner there.

    Args:
        labels: how many there are; some may have no example here.
        asked: the rows of which it is told what is said of them unseen.
        first: how many examples count for the nearest.
        dice: (examples,), what each has thrown, to be dealt by.

    Raises:
        ValueError: a vector holds what is no number.
    """
    targets = _targets(wanted, labels)
    parts = _dealt(dice, max(1, math.ceil(len(wanted) / part)))
    weights = np.zeros_like(targets)
    unseen, nearest = np.zeros_like(targets), np.full(len(wanted), -1.0)
    for rows in parts:
        is_asked = np.isin(rows, asked)
        told = rows[is_asked]
        ordered = np.concatenate([rows[~is_asked], told])
        weights[ordered], unseen[told], nearest[told] = _solve(
            *(vectors[ordered], targets[ordered]),
            asked=len(told),
            counts=ordered < first,
        )
    if len(parts) > 1:
        head = KernelHead(vectors, weights)
        for rows in parts:
            told = np.intersect1d(rows, asked)
            scores, near = _of_the_others(head, rows, vectors[told], first=first)
            unseen[told] += scores
            nearest[told] = np.maximum(nearest[told], near)
        weights /= np.float32(len(parts))
        unseen /= np.float32(len(parts))
    scores = unseen[asked].astype(np.float64)
    return Fitted(KernelHead(vectors, weights), scores, nearest[asked])


def _dealt(dice: NDArray[np.uint64], parts: int) -> list[NDArray[np.intp]]:
    """Return the rows of each part; folds are made of the dice's other end."""
    dealt = (dice >> np.uint64(32)) % np.uint64(parts)
    rows = [np.nonzero(dealt == number)[0] for number in range(parts)]
    return [part for part in rows if len(part)]


def _targets(wanted: NDArray[np.int64], labels: int) -> NDArray[np.float32]:
    """Return 1 for the right label and as much below zero, together, for the others."""
    targets = np.full((len(wanted), labels), -1 / max(1, labels - 1), np.float32)
    targets[np.arange(len(wanted)), wanted] = 1
    return targets


def _solve(
    vectors: NDArray[np.float32],
    targets: NDArray[np.float32],
    *,
    asked: int,
    counts: NDArray[np.bool_],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """Return the weights, and of the last `asked` rows what is said of them unseen.

    That is what a head says that never saw the row, and the cosine to the nearest other
    row that `counts`.
    """
    # Only training needs it: a worker does without.
    from scipy.linalg.lapack import spotrf, spotrs, strtri  # noqa: PLC0415

    start = len(vectors) - asked
    system = similarity(vectors, vectors)
    nearest = _nearest_other(system, start, counts)
    system[np.diag_indices(len(system))] += np.float32(RIDGE)
    # Symmetric, so that its transpose is the same in LAPACK's order and is not copied.
    root, failed = spotrf(system.T, lower=1, clean=1, overwrite_a=1)
    if failed or not np.isfinite(root[-1, -1]):
        raise ValueError("the vectors hold what is no number")
    weights, _ = spotrs(root, targets, lower=1)
    if not asked:
        return weights, weights[start:], nearest
    # Of the system's inverse only the diagonal is needed, the sums of squared columns of
    # the root's inverse; and its last columns need nothing but the root's last corner.
    corner = np.asfortranarray(root[start:, start:])
    inverse, _ = strtri(corner, lower=1, overwrite_c=1)
    own = np.einsum("ij,ij->j", inverse, inverse)
    return weights, targets[start:] - weights[start:] / own[:, None], nearest


def _nearest_other(
    alike: NDArray[np.float32], start: int, counts: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the cosine of each row from `start` on to the nearest other that counts."""
    found = np.zeros(len(alike) - start)
    for begin in range(start, len(alike), _PIECE):
        piece = np.where(counts, alike[begin : begin + _PIECE], 0)
        rows = np.arange(len(piece))
        piece[rows, begin + rows] = 0
        found[begin - start : begin - start + len(piece)] = piece.max(axis=1)
    return _cosine(found)


def _cosine(alike: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what `similarity` was made of; -1.0 of what resembles nothing."""
    least = np.exp(-2 * SHARPNESS)
    return np.asarray(np.log(np.maximum(alike, least)) / SHARPNESS + 1)


def _of_the_others(
    head: KernelHead,
    rows: NDArray[np.intp],
    vectors: NDArray[np.float32],
    *,
    first: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compare `vectors` with all examples of the head but `rows`."""
    others = np.setdiff1d(np.arange(len(head.examples)), rows)
    rest = KernelHead(head.examples[others], head.weights[others])
    return rest.compared(vectors, first=int((others < first).sum()))
