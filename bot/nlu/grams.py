"""Finds the known n-grams of many runs of words, nearly all of it in numpy.

Each word is looked up once, whatever number of runs it stands in.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.remembered import Remembered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.intp]
    Columns = NDArray[np.intc]
    # Words, and the starts and ends of runs of them -> the columns of all runs, and how
    # many each run has; size of n-grams after size, so as many times as there are runs.
    Finder = Callable[[Sequence[str], Numbers, Numbers], tuple[Columns, Numbers]]

UNKNOWN = -1


class _Places(dict[str, int]):
    """Words and their numbers; all others have `UNKNOWN`."""

    def __missing__(self, word: str) -> int:
        return UNKNOWN

    def of(self, words: Sequence[str]) -> Numbers:
        return np.fromiter(map(self.__getitem__, words), np.intp, len(words))


class _Level:
    """N-grams of one size: the one before the last word, and it, make a state.

    The states of a size are those n-grams with which a known one begins.
    """

    def __init__(self, keys: Sequence[int], columns: Sequence[int]) -> None:
        self._states = {key: state for state, key in enumerate(keys)}
        self._columns = np.array([*columns, UNKNOWN], np.intc)  # the last of none

    def find(self, keys: Numbers) -> tuple[Columns, Numbers]:
        """Return the column and the state of each key."""
        get = self._states.get
        states = np.array([get(key, UNKNOWN) for key in keys.tolist()], np.intp)
        return self._columns[states], states


def word_finder(terms: Sequence[str], shortest: int, longest: int) -> Finder:
    """Return what finds n-grams of `shortest` to `longest` words."""
    split = [tuple(term.split(" ")) for term in terms]
    places = _Places()
    for word in chain.from_iterable(split):
        places.setdefault(word, len(places))
    levels = _levels(split, places, longest)

    def find(
        words: Sequence[str], starts: Numbers, ends: Numbers
    ) -> tuple[Columns, Numbers]:
        numbers = places.of(words)
        states = np.zeros(len(words), np.intp)
        columns: list[Columns] = []
        sizes: list[Numbers] = []
        for size, level in enumerate(levels, start=1):
            last = numbers[size - 1 :]
            states = states[: len(last)]
            keys = np.where(
                (states < 0) | (last < 0), UNKNOWN, states * len(places) + last
            )
            found, states = level.find(keys)
            if size >= shortest:
                known = found >= 0
                edges = np.zeros(len(words) + 1, np.intp)
                np.cumsum(known, out=edges[1 : len(known) + 1])
                first = edges[starts]
                counts = edges[np.maximum(ends - size + 1, starts)] - first
                columns.append(found[known][stretched(first, counts)])
                sizes.append(counts)
        return np.concatenate(columns), np.concatenate(sizes)

    return find


def _levels(
    split: Sequence[tuple[str, ...]], places: _Places, longest: int
) -> list[_Level]:
    column_of = {term: column for column, term in enumerate(split)}
    states: dict[tuple[str, ...], int] = {(): 0}
    levels: list[_Level] = []
    for size in range(1, longest + 1):
        grams = list(dict.fromkeys(term[:size] for term in split if len(term) >= size))
        keys = [states[gram[:-1]] * len(places) + places[gram[-1]] for gram in grams]
        levels.append(_Level(keys, [column_of.get(gram, UNKNOWN) for gram in grams]))
        states = {gram: state for state, gram in enumerate(grams)}
    return levels


def character_finder(terms: Sequence[str], shortest: int, longest: int) -> Finder:
    """Return what finds n-grams of characters.

    They never cross a word's edge, so those of frequent words are remembered.
    """
    columns = {term: column for column, term in enumerate(terms)}

    def of_word(word: str) -> bytes:
        """Return columns as C integers, which join fast."""
        found = map(columns.get, _character_grams(f" {word} ", shortest, longest))
        return array("i", [each for each in found if each is not None]).tobytes()

    remembered = Remembered(of_word)

    def find(
        words: Sequence[str], starts: Numbers, ends: Numbers
    ) -> tuple[Columns, Numbers]:
        packed = [remembered[word] for word in words]
        found = np.frombuffer(b"".join(packed), dtype=np.intc)
        sizes = np.fromiter(map(len, packed), np.intp, len(packed)) // found.itemsize
        edges = np.concatenate([[0], np.cumsum(sizes)])
        first = edges[starts]
        counts = edges[ends] - first
        return found[stretched(first, counts)], counts

    return find


def _character_grams(padded: str, shortest: int, longest: int) -> Iterator[str]:
    """Yield the n-grams of a padded word; one shorter than n counts once, whole."""
    for size in range(shortest, longest + 1):
        if len(padded) <= size:
            yield padded
            return
        for at in range(len(padded) - size + 1):
            yield padded[at : at + size]


def stretched(starts: Numbers, sizes: Numbers) -> Numbers:
    """Return, for each start, so many places from it on, one behind another."""
    before = np.cumsum(sizes) - sizes
    return (starts - before)[owners(sizes)] + np.arange(int(sizes.sum()))


def owners(sizes: Numbers) -> Numbers:
    """Return each number from 0 on as many times as its size says.

    What `numpy.repeat` does, in a fraction of its time.
    """
    ends = np.cumsum(sizes)
    marks = np.bincount(ends[:-1], minlength=int(ends[-1]) + 1)
    return np.asarray(np.cumsum(marks[:-1]))
