"""How several scores of the same texts become one, and what a second look is worth.

Everything here is chosen on scores of examples that the head which gave them has not
seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.confidence import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHT_BOUNDS = (0.0, 60.0)
LEAST_BASE = 0.01  # of the last weight, which the others are compared with
EXPECTATION = 400.0  # how firmly expected shares are held to, against examples
MARGINS = np.linspace(0.02, 0.98, 49)


def pooled(
    scores: Sequence[NDArray[np.float64]], weights: Sequence[float]
) -> NDArray[np.float64]:
    """Return probabilities (texts, labels): the softmax of the weighted scores."""
    return softmax(summed(scores, weights))


def summed(
    scores: Sequence[NDArray[np.float64]], weights: Sequence[float]
) -> NDArray[np.float64]:
    """Return the weighted sum of the scores, (texts, labels)."""
    parts = [each * weight for each, weight in zip(scores, weights, strict=True)]
    return np.asarray(np.sum(parts, axis=0))


def fit_weights(
    scores: Sequence[NDArray[np.float64]],
    wanted: NDArray[np.int64],
    *,
    expected: float | None = None,
) -> tuple[float, ...]:
    """Return the weights, none below zero, that make `wanted` most likely.

    They also sharpen or flatten, so that the probabilities are calibrated.

    Args:
        expected: the first of two weights as a share of the second, as it usually is.
            The fewer the examples the more it counts: some hundreds of them cannot
            tell the best share.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - only training needs it

    rows = np.arange(len(wanted))
    right = [each[rows, wanted] for each in scores]

    def surprise(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        likely = pooled(scores, weights.tolist())
        slopes = np.array(
            [
                float(((likely * each).sum(axis=1) - mine).mean())
                for each, mine in zip(scores, right, strict=True)
            ]
        )
        lost = -np.log(np.maximum(likely[rows, wanted], 1e-12)).mean()
        if expected is None:
            return float(lost), slopes
        odd, steep = _unexpected(weights, expected)
        firm = EXPECTATION / len(wanted)
        return float(lost) + firm * odd, slopes + firm * steep

    start = np.ones(len(scores))
    bounds = [*[WEIGHT_BOUNDS] * (len(scores) - 1), (LEAST_BASE, WEIGHT_BOUNDS[1])]
    best = minimize(surprise, start, jac=True, bounds=bounds, method="L-BFGS-B")
    return tuple(float(weight) for weight in best.x)


def _unexpected(
    weights: NDArray[np.float64], expected: float
) -> tuple[float, NDArray[np.float64]]:
    """Return how far the share of the first weight is from `expected`, and its slopes."""
    first, base = weights.tolist()
    away = first / base - expected
    return away**2, 2 * away * np.array([1 / base, -first / base**2])


def margins(likely: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much the best label of each text leads the second."""
    if likely.shape[1] < 2:
        return np.ones(len(likely))
    two = np.partition(likely, -2, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0])


def choose_margin(
    quick: NDArray[np.float64],
    full: NDArray[np.float64],
    wanted: NDArray[np.int64],
    *,
    price: float,
) -> float:
    """Return the margin below which the full reading is worth its price.

    Args:
        quick: probabilities of the part that reads everything.
        full: those with the encoder, of the same texts.
        wanted: the right columns.
        price: share of the texts read again that has to come out right for it. What
            counts is the gain at each margin, so the choice also holds for texts that
            are easier or harder on the whole than these.
    """
    lead = margins(quick)
    gain = (full.argmax(axis=1) == wanted).astype(float)
    gain -= quick.argmax(axis=1) == wanted
    profits = [float((gain - price)[lead < margin].sum()) for margin in MARGINS]
    best = int(np.argmax(profits))
    return float(MARGINS[best]) if profits[best] > 0 else 0.0
