"""Runs of words, and arithmetic with runs of anything: who owns which place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.nlu.wordbook import Wordbook

    Numbers = NDArray[np.intp]
    Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Runs:
    """Texts, or runs of neighbouring words of texts, without a copy of any word.

    `places` has the number of each word of all texts, one behind another. Run n goes
    from `starts[n]` to before `ends[n]`; runs may overlap.
    """

    places: Numbers
    starts: Numbers
    ends: Numbers

    @classmethod
    def of(cls, tokenised: Sequence[Sequence[str]], book: Wordbook) -> Runs:
        """Return each text of `tokenised` as a run."""
        edges = np.cumsum([0, *map(len, tokenised)])
        text = [*chain.from_iterable(tokenised)]
        return cls(book.numbers(text), edges[:-1], edges[1:])

    def __len__(self) -> int:
        return len(self.starts)

    def rows(self, words: int) -> csr_matrix:
        """Return (runs, words): a 1 for each time that a word stands in a run."""
        sizes = self.ends - self.starts
        numbers = self.places[stretched(self.starts, sizes)].astype(np.intc)
        ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intc)
        ones = np.ones(len(numbers), np.float32)
        return csr_matrix((ones, numbers, ends), shape=(len(self), words))

    def shares(self, marked: NDArray[np.bool_], of: NDArray[np.bool_]) -> Shares:
        """Return the share of each run's words, of those that are `of`; 0.0 of none.

        Args:
            marked: which places are wanted.
            of: which places count.
        """
        found: Shares = self._sums(marked & of) / np.maximum(self._sums(of), 1)
        return found

    def _sums(self, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
        sums = np.concatenate([[0], np.cumsum(marked)])
        return np.asarray(sums[self.ends] - sums[self.starts])


def stretched(starts: Numbers, sizes: Numbers) -> Numbers:
    """Return, for each start, so many places from it on, one behind another."""
    before = np.cumsum(sizes) - sizes
    found: Numbers = (starts - before)[owners(sizes)] + np.arange(int(sizes.sum()))
    return found


def owners(sizes: Numbers) -> Numbers:
    """Return each number from 0 on as many times as its size says.

    What `numpy.repeat` does, in a fraction of its time.
    """
    edges = np.concatenate([[0], np.cumsum(sizes)])
    marks = np.bincount(edges[1:-1], minlength=int(edges[-1]) + 1)
    return np.asarray(np.cumsum(marks[:-1]))
