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
    """`unseen` is what a head fitted without an example says of it, (examples, labels)."""

    head: KernelHead
    unseen: NDArray[np.float64]


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
    part: int = PART,
    seed: int = 7,
) -> Fitted:
    """Fit on unit `vectors`, whose rows' labels are the columns `wanted`. Deterministic.

    More than `part` examples are dealt into equal parts and solved part by part; the
    head is the mean of theirs, hardly worse and much sooner there.

    Args:
        labels: how many there are; some may have no example here.
    """
    targets = _targets(wanted, labels)
    dealt = np.random.default_rng(seed).permutation(len(wanted))
    parts = np.array_split(dealt, max(1, math.ceil(len(wanted) / part)))
    weights, unseen = np.zeros_like(targets), np.zeros_like(targets)
    for rows in parts:
        weights[rows], unseen[rows] = _solve(vectors[rows], targets[rows])
    if len(parts) > 1:
        _add_the_other_parts(unseen, parts, vectors, weights)
        weights /= np.float32(len(parts))
        unseen /= np.float32(len(parts))
    return Fitted(KernelHead(vectors, weights), unseen.astype(np.float64))


def nearest_other(vectors: NDArray[np.float32], *, first: int) -> NDArray[np.float64]:
    """Return the cosine of each unit vector to the nearest *other* of the `first`."""
    found = np.zeros(len(vectors))
    for start in range(0, len(vectors), _PIECE):
        cosines = vectors[start : start + _PIECE] @ vectors[:first].T
        own = np.arange(start, min(start + len(cosines), first))
        cosines[own - start, own] = -1
        found[start : start + _PIECE] = cosines.max(axis=1)
    return found


def _targets(wanted: NDArray[np.int64], labels: int) -> NDArray[np.float32]:
    """Return 1 for the right label and as much below zero, together, for the others."""
    targets = np.full((len(wanted), labels), -1 / max(1, labels - 1), np.float32)
    targets[np.arange(len(wanted)), wanted] = 1
    return targets


def _solve(
    vectors: NDArray[np.float32], targets: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the weights, and what is said of each row by a head that never saw it.

    Raises:
        ValueError: a vector holds what is no number.
    """
    # Only training needs it: a worker does without.
    from scipy.linalg.lapack import spotrf, spotrs, strtri  # noqa: PLC0415

    system = similarity(vectors, vectors)
    system[np.diag_indices(len(system))] += np.float32(RIDGE)
    # Symmetric, so that its transpose is the same in LAPACK's order and is not copied.
    root, failed = spotrf(system.T, lower=1, clean=1, overwrite_a=1)
    if failed or not np.isfinite(root[-1, -1]):
        raise ValueError("the vectors hold what is no number")
    weights, _ = spotrs(root, targets, lower=1)
    inverse, _ = strtri(root, lower=1, overwrite_c=1)
    # Of the whole inverse only the diagonal is needed: the sums of squared columns.
    own = np.einsum("ij,ij->j", inverse, inverse)
    return weights, targets - weights / own[:, None]


def _add_the_other_parts(
    unseen: NDArray[np.float32],
    parts: list[NDArray[np.int64]],
    vectors: NDArray[np.float32],
    weights: NDArray[np.float32],
) -> None:
    for rows in parts:
        others = np.setdiff1d(np.arange(len(vectors)), rows)
        head = KernelHead(vectors[others], weights[others])
        unseen[rows] += head.scores(vectors[rows])
