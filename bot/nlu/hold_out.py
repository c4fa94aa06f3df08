"""What is to be learned, and which examples are held out to see what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Examples held out in all: more would tell hardly more, and cost a training each fold.
ENOUGH = 5_000
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Fold:
    """The rows of examples that are learned, and of those that are asked about."""

    seen: NDArray[np.intp]
    unseen: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Lesson:
    """The right answers, as columns of `labels`, and what is held out in turn."""

    labels: tuple[str, ...]
    wanted: NDArray[np.int64]  # (examples,)
    folds: tuple[Fold, ...]

    @classmethod
    def of(cls, said: Sequence[str], *, folds: int, seed: int) -> Lesson:
        """Deal examples, of which `said` are the labels, into folds. Deterministic.

        Raises:
            ValueError: fewer than two different labels.
        """
        labels = tuple(sorted(set(said)))
        if len(labels) < 2:
            raise ValueError("a classifier needs examples of at least two intents")
        wanted = np.searchsorted(labels, said)
        return cls(labels, wanted, _folds(wanted, count=folds, seed=seed))

    @property
    def unseen(self) -> NDArray[np.intp]:
        """The rows that one of the folds holds out, in order; few data have none."""
        rows = [fold.unseen for fold in self.folds]
        return np.sort(np.concatenate(rows)) if rows else np.zeros(0, np.intp)


def _folds(wanted: NDArray[np.int64], *, count: int, seed: int) -> tuple[Fold, ...]:
    """Hold out each label evenly, of many examples not all.

    Nothing is held out if a label has but one example.
    """
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - in training

    count = min(count, int(np.bincount(wanted).min()))
    if count < 2:
        return ()
    split = StratifiedKFold(count, shuffle=True, random_state=seed)
    dealt = [Fold(*rows) for rows in split.split(wanted, wanted)]
    held_out = np.cumsum([len(fold.unseen) for fold in dealt])
    return tuple(dealt[: int(np.searchsorted(held_out, ENOUGH)) + 1])
