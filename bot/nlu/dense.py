"""The head over sentence vectors: a softmax regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOLERANCE = 1e-3
_ROUNDS = 100
_UNKNOWN = -20.0  # the score of a label that had no example


@dataclass(frozen=True, slots=True)
class DenseHead:
    """Scores are `vectors @ weights + bias`; their softmax is a probability."""

    weights: NDArray[np.float32]  # (width, labels)
    bias: NDArray[np.float32]  # (labels,)

    def scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return (texts, labels)."""
        found: NDArray[np.float32] = vectors @ self.weights + self.bias
        return found.astype(np.float64)


def fit_dense(
    vectors: NDArray[np.float32],
    wanted: NDArray[np.int64],
    *,
    labels: int,
    strength: float,
) -> DenseHead:
    """Fit on `vectors`, whose rows' labels are the columns `wanted`. Deterministic.

    Args:
        labels: how many there are; some may have no example here.
        strength: the inverse of the regularisation.
    """
    # Only training needs it: a worker does without.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    machine = LogisticRegression(C=strength, tol=_TOLERANCE, max_iter=_ROUNDS)
    machine.fit(vectors, wanted)
    weights = np.zeros((vectors.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, _UNKNOWN, dtype=np.float32)
    if len(machine.classes_) == 2:  # sklearn keeps one row for two classes
        weights[:, machine.classes_[1]] = machine.coef_[0]
        bias[machine.classes_] = 0.0, machine.intercept_[0]
    else:
        weights[:, machine.classes_] = machine.coef_.T
        bias[machine.classes_] = machine.intercept_
    return DenseHead(weights, bias)
