"""Finds the known n-grams of many runs of words, nearly all of it in numpy.

What is to be known of a word is looked up once, whatever number of texts it stands in.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, Union

import numpy as np
from scipy.sparse import csr_matrix

from bot.nlu.runs import stretched
from bot.nlu.wordbook import PerWord, Wordbook, written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.nlu.runs import Numbers, Runs

    Keys = Union[NDArray[np.int32], NDArray[np.int64]]

UNKNOWN = -1


class Grams(Protocol):
    """The n-grams of one block: what all of them are called together."""

    def counts(self, runs: Runs) -> csr_matrix:
        """Return how often each n-gram stands in each run, (runs, terms)."""
        ...


class WordGrams(PerWord):
    """Finds n-grams of `shortest` to `longest` words.

    An n-gram is reached word by word: from the n-gram one shorter, by one more word,
    if any term begins so.
    """

    def __init__(
        self, terms: Sequence[str], shortest: int, longest: int, *, book: Wordbook
    ) -> None:
        super().__init__(book)
        self._terms, self._sizes = len(terms), (shortest, longest)
        text = " ".join(terms).split(" ")
        self._words = {word: at for at, word in enumerate(dict.fromkeys(text))}
        self._ids = np.zeros(0, np.int64)  # of words by their number in the book
        self._steps = self._walks(terms, text)

    def _walks(
        self, terms: Sequence[str], text: Sequence[str]
    ) -> list[tuple[Keys, NDArray[np.intc]]]:
        """Return, size after size, the keys that lead on, sorted, and their columns.

        Behind the columns stands UNKNOWN, which so is found at UNKNOWN.
        """
        ids = np.fromiter(map(self._words.__getitem__, text), np.int64, len(text))
        lengths = np.array([term.count(" ") + 1 for term in terms])
        starts = np.cumsum(lengths) - lengths
        terms_left = np.arange(len(terms))
        states, state = 1, np.zeros(len(terms), np.int64)
        steps = []
        for size in range(1, self._sizes[1] + 1):
            keys = state * len(self._words) + ids[starts[terms_left] + size - 1]
            # In half the room if they have it: they are searched in a cache.
            narrow = states * len(self._words) < np.iinfo(np.int32).max
            keys = keys.astype(np.int32 if narrow else np.int64)
            known, state = np.unique(keys, return_inverse=True)
            states = len(known)
            columns = np.full(states + 1, UNKNOWN, np.intc)
            ends = lengths[terms_left] == size
            columns[state[ends]] = terms_left[ends]
            steps.append((known, columns))
            terms_left, state = terms_left[~ends], state[~ends]
        return steps

    def _learn(self, words: Sequence[str], first: int) -> None:
        get = self._words.get
        ids = np.array([get(word, UNKNOWN) for word in words], np.int64)
        self._ids = written(self._ids, first, ids)

    def counts(self, runs: Runs) -> csr_matrix:
        """See `Grams`."""
        self.catch_up()
        columns: list[NDArray[np.intc]] = []
        sizes: list[Numbers] = []
        for size, found in self._found(self._ids[runs.places]):
            known = found >= 0
            # How many known ones begin before each word.
            edges = np.zeros(len(runs.places) + 1, np.intp)
            np.cumsum(known, out=edges[1 : len(known) + 1])
            first = edges[runs.starts]
            counts = edges[np.maximum(runs.ends - size + 1, runs.starts)] - first
            columns.append(found[known][stretched(first, counts)])
            sizes.append(counts)
        return _together(columns, sizes, self._terms)

    def _found(self, ids: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.intc]]]:
        """Yield each size with the column of the n-gram that begins at each word."""
        state = np.zeros(len(ids), np.int64)
        for size, (keys, columns) in enumerate(self._steps, start=1):
            words = ids[size - 1 :]
            keyed = state[: len(words)] * len(self._words) + words
            keyed[(state[: len(words)] < 0) | (words < 0)] = UNKNOWN
            state = _places(keys, keyed)
            if size >= self._sizes[0]:
                yield size, columns[state]


class CharacterGrams(PerWord):
    """Finds n-grams of characters. They never cross a word's edge."""

    def __init__(
        self, terms: Sequence[str], shortest: int, longest: int, *, book: Wordbook
    ) -> None:
        super().__init__(book)
        self._terms = {term: column for column, term in enumerate(terms)}
        self._sizes = shortest, longest
        self._columns = np.zeros(0, np.intc)  # of all words, one behind another
        self._ends = np.zeros(1, np.intc)  # of each word in these, behind a 0

    def _learn(self, words: Sequence[str], first: int) -> None:
        get, sizes = self._terms.get, self._sizes
        packed = [
            array(
                "i",
                [at for gram in _grams(word, *sizes) if (at := get(gram)) is not None],
            )
            for word in words
        ]
        begin = int(self._ends[first])
        columns = np.frombuffer(b"".join(packed), np.intc)
        ends = begin + np.cumsum([len(each) for each in packed], dtype=np.intc)
        self._columns = written(self._columns, begin, columns)
        self._ends = written(self._ends, first + 1, ends.astype(np.intc))

    def of_words(self, first: int = 0) -> csr_matrix:
        """Return the n-grams of each word of the book from number `first` on."""
        known = self.catch_up()
        ends = self._ends[first : known + 1]
        columns = self._columns[ends[0] : ends[-1]]
        ones = np.ones(len(columns), np.float32)
        shape = len(ends) - 1, len(self._terms)
        return csr_matrix((ones, columns, ends - ends[0]), shape=shape)

    def counts(self, runs: Runs) -> csr_matrix:
        """See `Grams`."""
        words = self.of_words()
        # A product counts what a row holds more than once, without sorting it.
        return runs.rows(words.shape[0]) @ words


def _grams(word: str, shortest: int, longest: int) -> Iterator[str]:
    """Yield the n-grams of a padded word; one shorter than n counts once, whole."""
    padded = f" {word} "
    for size in range(shortest, longest + 1):
        if len(padded) <= size:
            yield padded
            return
        for at in range(len(padded) - size + 1):
            yield padded[at : at + size]


def _places(keys: Keys, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each of `wanted` stands in the sorted `keys`, or UNKNOWN."""
    if not len(keys):
        return np.full(len(wanted), UNKNOWN)
    same = wanted.astype(keys.dtype)  # or all keys would be converted to theirs
    at = np.minimum(np.searchsorted(keys, same), len(keys) - 1)
    return np.where(keys[at] == same, at, UNKNOWN)


def _together(
    columns: Sequence[NDArray[np.intc]], sizes: Sequence[Numbers], terms: int
) -> csr_matrix:
    """Count what was found size after size, in as many pieces of each run."""
    rows, pieces = len(sizes[0]), len(sizes)
    found = _rows(np.concatenate(columns), np.concatenate(sizes), terms)
    each = np.arange(rows * pieces, dtype=np.intc).reshape(pieces, rows).T.ravel()
    return _rows(each, np.full(rows, pieces), rows * pieces) @ found


def _rows(columns: NDArray[np.intc], sizes: Numbers, width: int) -> csr_matrix:
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intc)
    ones = np.ones(len(columns), np.float32)
    return csr_matrix((ones, columns, ends), shape=(len(sizes), width))
