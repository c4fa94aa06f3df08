"""What is to be learned, and which examples are held out to see what comes of it.

Examples are dealt by their texts alone. So an edit leaves all others where they were, and
what two models say of their unseen examples can be compared one by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Examples held out in all: more would tell hardly more, and cost a training each fold.
ENOUGH = 5_000
FOLDS = 3
_LEARNED_ALWAYS = -1  # in the place of a fold's number
_FEW = 20  # examples of a label in each fold; with fewer, chance deals too unevenly


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
    dice: NDArray[np.uint64]  # (examples,), a number thrown by each one's text
    folds: tuple[Fold, ...]

    @classmethod
    def of(
        cls, texts: Sequence[str], said: Sequence[str], *, folds: int, seed: int
    ) -> Lesson:
        """Deal examples, of which `said` are the labels, into folds. Deterministic.

        Raises:
            ValueError: fewer than two different labels.
        """
        labels = tuple(sorted(set(said)))
        if len(labels) < 2:
            raise ValueError("a classifier needs examples of at least two intents")
        wanted = np.searchsorted(labels, said)
        dice = _thrown(texts, seed)
        return cls(labels, wanted, dice, _folds(wanted, dice, folds))

    def joined(
        self, texts: Sequence[str], columns: Sequence[int], *, seed: int
    ) -> Lesson:
        """Return it with `texts` behind its own, learned always and never held out.

        Args:
            columns: what each is of, as columns of `labels`.
            seed: the one that the others were dealt by.
        """
        start = len(self.wanted)
        more = np.arange(start, start + len(texts))
        return replace(
            self,
            wanted=np.concatenate([self.wanted, np.asarray(columns, np.int64)]),
            dice=np.concatenate([self.dice, _thrown(texts, seed)]),
            folds=tuple(
                Fold(np.concatenate([fold.seen, more]), fold.unseen)
                for fold in self.folds
            ),
        )

    @property
    def unseen(self) -> NDArray[np.intp]:
        """The rows that one of the folds holds out, in order; few data have none."""
        rows = [fold.unseen for fold in self.folds]
        return np.sort(np.concatenate(rows)) if rows else np.zeros(0, np.intp)


def _thrown(texts: Sequence[str], seed: int) -> NDArray[np.uint64]:
    said = (f"{seed}\n{text}".encode("utf-8", "surrogatepass") for text in texts)
    thrown = b"".join(hashlib.sha256(each).digest()[:8] for each in said)
    return np.frombuffer(thrown, np.uint64)


def _folds(
    wanted: NDArray[np.int64], dice: NDArray[np.uint64], count: int
) -> tuple[Fold, ...]:
    """Hold out each label evenly, of many examples not all.

    The only example of a label is never held out: nothing would be known of it.
    """
    sizes = np.bincount(wanted)
    count = min(count, int(sizes.max()))
    if count < 2:
        return ()
    fold = (dice % np.uint64(count)).astype(np.intp)
    for column in np.nonzero(sizes < _FEW * count)[0]:
        rows = np.nonzero(wanted == column)[0]
        fold[rows[np.argsort(dice[rows], kind="stable")]] = np.arange(len(rows)) % count
    fold[sizes[wanted] == 1] = _LEARNED_ALWAYS
    held_out = np.cumsum(np.bincount(fold[fold >= 0], minlength=count))
    needed = min(int(np.searchsorted(held_out, ENOUGH)) + 1, count)
    return tuple(
        Fold(np.nonzero(fold != number)[0], np.nonzero(fold == number)[0])
        for number in range(needed)
    )
