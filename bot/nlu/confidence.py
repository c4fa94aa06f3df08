"""From pooled scores to probabilities that keep their word.

Two questions are answered apart and multiplied: is the text about something of ours at
all, and if so, which of it. The softmax of the scores says too much to both: a text that
resembles nothing known still looks most like something. So both answers are corrected by
what came true of examples that the scores had not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST = 20  # examples out of scope from which it can be learned what is ours
DOUBT = 2.0  # how firmly nothing is corrected, against examples
_LEAST = 1e-6  # of a probability whose logarithm is taken
_AHEAD = 1 + 1e-9  # the least odds of the best label against the second
_STEP = 10.0  # likeness counts in tenths, so that all weights are of one size


@dataclass(frozen=True, slots=True)
class Logistic:
    """A probability from a few figures: their weighted sum and `offset`, squashed."""

    weights: tuple[float, ...]
    offset: float = 0.0

    def of(self, *figures: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one probability a row of the figures, which are columns."""
        total = np.full(len(figures[0]), self.offset)
        for weight, figure in zip(self.weights, figures, strict=True):
            total += weight * figure
        squashed: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(total, -40, 40)))
        return squashed


@dataclass(frozen=True, slots=True)
class Confidence:
    """How scores become probabilities; `outside` is the column of what is not ours.

    `ours` weighs the best score of ours, that of `outside` and the likeness to the
    nearest example of ours; None where there is nothing to learn it from. `which` weighs
    the logit of the best label of ours and the likeness. Without an encoder there is no
    likeness: it is 0.0 everywhere.
    """

    which: Logistic = Logistic((1.0, 0.0))
    ours: Logistic | None = None
    outside: int | None = None

    def probabilities(
        self,
        scores: NDArray[np.float64],
        nearest: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """Return (texts, labels), each row adding up to 1.0.

        The order among labels of ours is that of their scores.

        Args:
            scores: (texts, labels), as logits.
            nearest: (texts,), the cosine to the nearest example of ours.
        """
        near = _steps(nearest, len(scores))
        inside = _inside(scores, self.outside)
        likely = _corrected(softmax(inside), self.which, near)
        if self.outside is None:
            return likely
        ours = self._ours(scores, inside, near)
        return np.asarray(
            np.insert(likely * ours[:, None], self.outside, 1 - ours, axis=1)
        )

    def _ours(
        self,
        scores: NDArray[np.float64],
        inside: NDArray[np.float64],
        near: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        if self.ours is None:
            return np.asarray(1 - softmax(scores)[:, self.outside])
        return self.ours.of(inside.max(axis=1), scores[:, self.outside], near)

    def told(self) -> dict[str, object]:
        """Return it as plain data, for `confidence_from`."""
        return asdict(self)


UNCORRECTED = Confidence()


def confidence_from(told: Mapping[str, object]) -> Confidence:
    """Return what `told` tells.

    Raises:
        KeyError, TypeError, ValueError: it is nothing of the kind.
    """
    which, ours, outside = _logistic(told["which"]), told["ours"], told["outside"]
    if which is None:
        raise ValueError("a confidence must tell which")
    if outside is not None and not isinstance(outside, int):
        raise TypeError("outside must be a column")
    return Confidence(which, _logistic(ours), outside)


def fit_confidence(
    scores: NDArray[np.float64],
    wanted: NDArray[np.int64],
    *,
    outside: int | None,
    nearest: NDArray[np.float64] | None = None,
) -> Confidence:
    """Learn from scores and likeness of examples that had no part in either.

    Args:
        wanted: (examples,), the right columns.
        outside: the column of what is not ours, if there is one.
    """
    near = _steps(nearest, len(scores))
    inside = _inside(scores, outside)
    is_ours = np.ones(len(wanted), bool) if outside is None else wanted != outside
    column = wanted if outside is None else wanted - (wanted > outside)
    likely = softmax(inside)
    right = likely.argmax(axis=1) == column
    told = np.column_stack([_logit(likely.max(axis=1)), near])
    which = _fit(told[is_ours], right[is_ours], usual=(1.0, 0.0))
    ours = None
    if outside is not None and FEWEST <= (~is_ours).sum() < len(wanted):
        told = np.column_stack([inside.max(axis=1), scores[:, outside], near])
        ours = _fit(told, is_ours, usual=(1.0, -1.0, 0.0))
    return Confidence(which, ours, outside)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each row as probabilities."""
    likely: NDArray[np.float64] = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    return likely


def _steps(nearest: NDArray[np.float64] | None, texts: int) -> NDArray[np.float64]:
    return np.zeros(texts) if nearest is None else nearest * _STEP


def _inside(scores: NDArray[np.float64], outside: int | None) -> NDArray[np.float64]:
    return scores if outside is None else np.delete(scores, outside, axis=1)


def _logit(likely: NDArray[np.float64]) -> NDArray[np.float64]:
    bounded = np.clip(likely, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(bounded / (1 - bounded)))


def _corrected(
    likely: NDArray[np.float64], which: Logistic, near: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the best label of each row its due; the others share the rest as before.

    It stays the best: its odds against the others never fall below the second's.
    """
    if likely.shape[1] < 2:
        return likely
    rows, best = np.arange(len(likely)), likely.argmax(axis=1)
    top = likely[rows, best]
    rest = np.maximum(1 - top, _LEAST)
    second = np.partition(likely, -2, axis=1)[:, -2]
    due = np.maximum(which.of(_logit(top), near), _AHEAD * second / (second + rest))
    found: NDArray[np.float64] = likely * ((1 - due) / rest)[:, None]
    found[rows, best] = due
    found /= found.sum(axis=1, keepdims=True)
    return found


def _fit(
    figures: NDArray[np.float64],
    came_true: NDArray[np.bool_],
    *,
    usual: tuple[float, ...],
) -> Logistic:
    """Return what makes `came_true` most likely; the fewer the rows, the more `usual`."""
    from scipy.optimize import minimize  # noqa: PLC0415 - only training needs it

    columns = np.column_stack([figures, np.ones(len(figures))])
    expected = np.array([*usual, 0.0])
    firm = DOUBT / max(len(figures), 1)
    sign = np.where(came_true, 1.0, -1.0)

    def surprise(found: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        held = sign * (columns @ found)
        away = found - expected
        lost = float(np.logaddexp(0, -held).mean()) + firm * float(away @ away)
        pull = -sign / (1 + np.exp(np.clip(held, -40, 40)))
        return lost, (columns * pull[:, None]).mean(axis=0) + 2 * firm * away

    best = minimize(surprise, expected, jac=True, method="L-BFGS-B").x
    return Logistic(tuple(float(weight) for weight in best[:-1]), float(best[-1]))


def _logistic(told: object) -> Logistic | None:
    if told is None:
        return None
    if not isinstance(told, Mapping):
        raise TypeError("weights and offset must be told by name")
    return Logistic(tuple(float(w) for w in told["weights"]), float(told["offset"]))
