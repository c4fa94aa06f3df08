"""What a linear head says of runs of words, block by block, without their features.

Nearly all n-grams of characters stand in a text once. So what the head says of each
word by itself is kept and added up; only for n-grams that come again it is set right.
That takes a quarter of the look-ups into a table that fits no cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.sparse import csr_matrix

from bot.nlu.features import Block, Features
from bot.nlu.grams import CharacterGrams, WordGrams
from bot.nlu.head import LinearHead
from bot.nlu.runs import owners
from bot.nlu.wordbook import PerWord, Wordbook, written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.nlu.runs import Runs

    Said = NDArray[np.float32]  # (runs, labels)
    Empty = NDArray[np.bool_]  # (runs,), those without a known n-gram


class BlockMargins(Protocol):
    """One block's share of the margins."""

    def of(self, runs: Runs) -> tuple[Said, Empty]:
        """Return what the block's n-grams say of each run."""
        ...


class WordMargins:
    """Those of n-grams of words."""

    def __init__(self, block: Block, grams: WordGrams, weights: Said) -> None:
        self._block, self._grams, self._weights = block, grams, weights

    def of(self, runs: Runs) -> tuple[Said, Empty]:
        """See `BlockMargins`."""
        rows = self._block.weighted(self._grams.counts(runs))
        return rows @ self._weights, np.diff(rows.indptr) == 0


class CharacterMargins(PerWord):
    """Those of n-grams of characters, which stand within words."""

    def __init__(
        self, block: Block, grams: CharacterGrams, weights: Said, *, book: Wordbook
    ) -> None:
        super().__init__(book)
        self._block, self._grams, self._weights = block, grams, weights
        self._idf = block.idf
        self._said = np.zeros((0, weights.shape[1]), np.float32)  # of each word alone
        self._squares = np.zeros(0, np.float64)  # of the length of each word's row

    def _learn(self, words: Sequence[str], first: int) -> None:
        rows = self._grams.of_words(first)
        rows.data = self._idf[rows.indices]
        owner = owners(np.diff(rows.indptr))
        squares = np.bincount(owner, rows.data.astype(np.float64) ** 2, len(words))
        self._said = written(self._said, first, rows @ self._weights)
        self._squares = written(self._squares, first, squares.astype(np.float64))

    def of(self, runs: Runs) -> tuple[Said, Empty]:
        """See `BlockMargins`."""
        known = self.catch_up()
        words = runs.rows(known)
        counts = words @ self._grams.of_words()
        empty = np.diff(counts.indptr) == 0
        said = words @ self._said[:known]
        squares = words @ self._squares[:known]
        if len(counts.data) and counts.data.max() > 1:
            said += self._set_right(counts, squares) @ self._weights
        lengths = np.sqrt(np.maximum(squares, 0))
        scale = self._block.settings.weight / np.where(empty, 1, lengths)
        said *= scale.astype(np.float32)[:, None]
        return said, empty

    def _set_right(
        self, counts: csr_matrix, squares: NDArray[np.float64]
    ) -> csr_matrix:
        """Return by how much n-grams that come again weigh less than one by one.

        So the squared lengths of the rows are set right, in place.
        """
        again = np.flatnonzero(counts.data > 1)
        times = counts.data[again]
        idf = self._idf[counts.indices[again]]
        counted = 1 + np.log(times)
        ends = np.searchsorted(again, counts.indptr).astype(np.intc)
        over = (counted.astype(float) ** 2 - times) * idf.astype(float) ** 2
        squares += np.bincount(owners(np.diff(ends)), over, len(squares))
        values = (counted - times) * idf, counts.indices[again], ends
        return csr_matrix(values, shape=counts.shape)


def margins_of(features: Features, head: LinearHead) -> list[BlockMargins]:
    """Return what tells the margins that `head` gives to the rows of `features`."""
    found: list[BlockMargins] = []
    start = 0
    for block, grams in zip(features.blocks, features.grams, strict=True):
        end = start + len(block.terms)
        weights = head.weights[start:end]
        if isinstance(grams, WordGrams):
            found.append(WordMargins(block, grams, weights))
        else:
            found.append(CharacterMargins(block, grams, weights, book=features.book))
        start = end
    return found
