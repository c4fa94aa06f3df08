"""A linear head with calibrated confidence.

One support vector machine a label against the rest: strong on few examples, and
serving costs one sparse product. A temperature and what is learned of confidence turn
margins into probabilities; both are fitted on margins of examples that the fold's head
has not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bot.model.reading import OUT_OF_SCOPE
from bot.nlu.confidence import UNCORRECTED, Confidence, fit_confidence
from bot.nlu.progress import say

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from bot.nlu.hold_out import Lesson

DEFAULT_SCALE = 4.0  # where there is too little data to calibrate
_TOLERANCE = 0.01  # a tenth of liblinear's own takes twice the time for no more right
KEPT = np.float16  # of weights: a quarter of the file, and exact enough
SCALE_BOUNDS = (-2.0, 4.0)  # logarithms


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadSettings:
    """`strength` is the SVM's C."""

    strength: float = 0.3
    seed: int = 7


@dataclass(frozen=True, slots=True)
class LinearHead:
    """Margins are `rows @ weights + bias`; times `scale` they are scores as logits."""

    labels: tuple[str, ...]
    weights: NDArray[np.float32]  # (features, labels)
    bias: NDArray[np.float32]  # (labels,)
    scale: float = 1.0
    confidence: Confidence = UNCORRECTED

    def margins(self, rows: csr_matrix) -> NDArray[np.float64]:
        """Return (rows, labels)."""
        return np.asarray((rows @ self.weights + self.bias).astype(np.float64))

    def believed(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (rows, labels), each row summing to 1.0, for margins."""
        return self.confidence.probabilities(margins * self.scale)


@dataclass(frozen=True, slots=True)
class Unseen:
    """What heads said of the examples that they had not seen, all folds together.

    None where there is too little data to hold any out.
    """

    wanted: NDArray[np.int64]  # (unseen,), the right label's column
    margins: NDArray[np.float64]  # (unseen, labels)


def fit_head(
    rows: csr_matrix, lesson: Lesson, settings: HeadSettings
) -> tuple[LinearHead, Unseen]:
    """Fit on all `rows` and calibrate on held-out folds. Deterministic."""
    say(f"learning from the words of {len(lesson.wanted)} examples")
    head = _fit(rows, lesson.wanted, lesson.labels, settings)
    outside = outside_of(lesson.labels)
    unseen = _hold_out(rows, lesson, settings)
    if not len(unseen.wanted):
        usual = Confidence(outside=outside)
        return replace(head, scale=DEFAULT_SCALE, confidence=usual), unseen
    scale = fit_scale(unseen.margins, unseen.wanted)
    confidence = fit_confidence(unseen.margins * scale, unseen.wanted, outside=outside)
    return replace(head, scale=scale, confidence=confidence), unseen


def outside_of(names: Sequence[str]) -> int | None:
    """Return the column of what is not ours, if there is one."""
    return names.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in names else None


def _fit(
    rows: csr_matrix,
    wanted: NDArray[np.int64],
    names: tuple[str, ...],
    settings: HeadSettings,
) -> LinearHead:
    # Only training needs it, here and below: a worker does without.
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    machine = LinearSVC(C=settings.strength, random_state=settings.seed, tol=_TOLERANCE)
    machine.fit(rows, wanted)
    weights = np.zeros((rows.shape[1], len(names)), dtype=KEPT)
    bias = np.full(len(names), -1.0, dtype=np.float32)  # absent from this fold
    if len(machine.classes_) == 2:  # sklearn keeps one row for two classes
        coefficients = np.vstack([-machine.coef_, machine.coef_])
        intercepts = np.array([-machine.intercept_[0], machine.intercept_[0]])
    else:
        coefficients, intercepts = machine.coef_, machine.intercept_
    weights[:, machine.classes_] = coefficients.T
    bias[machine.classes_] = intercepts
    return LinearHead(names, weights.astype(np.float32), bias)


def _hold_out(rows: csr_matrix, lesson: Lesson, settings: HeadSettings) -> Unseen:
    margins = np.zeros((rows.shape[0], len(lesson.labels)))
    for number, fold in enumerate(lesson.folds, start=1):
        say(f"checking the words on held-out examples: {number} of {len(lesson.folds)}")
        wanted = lesson.wanted[fold.seen]
        head = _fit(rows[fold.seen], wanted, lesson.labels, settings)
        margins[fold.unseen] = head.margins(rows[fold.unseen])
    unseen = lesson.unseen
    return Unseen(lesson.wanted[unseen], margins[unseen])


def fit_scale(margins: NDArray[np.float64], wanted: NDArray[np.int64]) -> float:
    """Return the inverse temperature that makes `wanted` most likely.

    Args:
        margins: (examples, labels), of examples that the head has not seen.
        wanted: (examples,), the right label's column.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415
    from scipy.special import log_softmax  # noqa: PLC0415

    right = np.arange(len(wanted)), wanted

    def surprise(log_scale: float) -> float:
        return float(-log_softmax(margins * np.exp(log_scale), axis=1)[right].mean())

    best = minimize_scalar(surprise, bounds=SCALE_BOUNDS, method="bounded")
    return float(np.exp(best.x))
