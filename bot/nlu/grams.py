"""Finds the known n-grams of many runs of words, nearly all of it in numpy.

Each word is looked up once, whatever number of runs it stands in.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.remembered import Remembered
from bot.nlu.runs import stretched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.nlu.runs import Numbers, Runs

    Columns = NDArray[np.intc]
    # Runs -> the columns of all of them, and how many each run has; size of n-grams
    # after size, so as many times as there are runs.
    Finder = Callable[[Runs], tuple[Columns, Numbers]]

UNKNOWN = -1


def word_finder(terms: Sequence[str], shortest: int, longest: int) -> Finder:
    """Return what finds n-grams of `shortest` to `longest` words."""
    get = {term: column for column, term in enumerate(terms)}.get

    def find(runs: Runs) -> tuple[Columns, Numbers]:
        columns: list[Columns] = []
        sizes: list[Numbers] = []
        text = [runs.words[place] for place in runs.places]
        for size in range(shortest, longest + 1):
            shifted = [text[at:] for at in range(size)]
            grams = map(" ".join, zip(*shifted)) if size > 1 else text  # noqa: B905 - the shortest ends it
            found = np.array([get(gram, UNKNOWN) for gram in grams], np.intc)
            known = found >= 0
            # How many known ones begin before each word.
            edges = np.zeros(len(text) + 1, np.intp)
            np.cumsum(known, out=edges[1 : len(known) + 1])
            first = edges[runs.starts]
            counts = edges[np.maximum(runs.ends - size + 1, runs.starts)] - first
            columns.append(found[known][stretched(first, counts)])
            sizes.append(counts)
        return np.concatenate(columns), np.concatenate(sizes)

    return find


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

    def find(runs: Runs) -> tuple[Columns, Numbers]:
        packed = [remembered[word] for word in runs.words]
        found = np.frombuffer(b"".join(packed), dtype=np.intc)
        # First all words of the texts from those that are there, then all runs.
        lengths = np.fromiter(map(len, packed), np.intp, len(packed)) // found.itemsize
        begins = (np.cumsum(lengths) - lengths)[runs.places]
        sizes = lengths[runs.places]
        edges = np.concatenate([[0], np.cumsum(sizes)])
        first = edges[runs.starts]
        counts = edges[runs.ends] - first
        return found[stretched(begins, sizes)][stretched(first, counts)], counts

    return find


def _character_grams(padded: str, shortest: int, longest: int) -> Iterator[str]:
    """Yield the n-grams of a padded word; one shorter than n counts once, whole."""
    for size in range(shortest, longest + 1):
        if len(padded) <= size:
            yield padded
            return
        for at in range(len(padded) - size + 1):
            yield padded[at : at + size]
