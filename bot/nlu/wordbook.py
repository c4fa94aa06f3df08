"""Words by number, so that what is known of each can stand in arrays.

A text becomes numbers at one look-up a word; all else is arithmetic over many texts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from itertools import count, islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from bot.nlu.remembered import WORDS_KEPT, is_plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.nlu.runs import Numbers

_Kind = TypeVar("_Kind", bound=np.generic)


class Wordbook:
    """Gives each word a number: the lowest ones to those that are kept.

    A full book is begun anew, so that odd texts cannot fill the memory. Words that are
    not ours to keep have numbers behind the others, and only until the next call.
    """

    def __init__(self) -> None:
        self.turn = self.edition = 0  # of calls, of being begun
        self._begin()

    def _begin(self) -> None:
        self.edition += 1
        self.words: list[str] = []  # by number
        self.kept = 0  # so many of them, the first
        self._numbers = defaultdict[str, int]()

    def numbers(self, text: Sequence[str]) -> Numbers:
        """Return the number of each word; good until the next call."""
        self.turn += 1
        del self.words[self.kept :]
        if self.kept >= WORDS_KEPT:
            self._begin()  # the frequent ones are back in a moment
        numbers, kept = self._numbers, self.kept
        numbers.default_factory = count(kept).__next__
        found = np.fromiter(map(numbers.__getitem__, text), np.intp, len(text))
        if len(numbers) == kept:
            return found
        new = [*islice(reversed(numbers), len(numbers) - kept)][::-1]
        return self._with_new(found, new)

    def _with_new(self, found: Numbers, new: Sequence[str]) -> Numbers:
        """Let go of those of the `new` words that are not ours to keep."""
        plain = [*map(is_plain, new)]
        stay = [word for word, ours in zip(new, plain, strict=True) if ours]
        begin, self.kept = self.kept, self.kept + len(stay)
        self.words += stay
        if len(stay) == len(new):
            return found
        passing = [word for word, ours in zip(new, plain, strict=True) if not ours]
        self.words += passing
        for word in passing:
            del self._numbers[word]
        self._numbers.update(zip(stay, range(begin, self.kept), strict=True))
        order = np.argsort(np.argsort(~np.array(plain), kind="stable"), kind="stable")
        renamed = np.concatenate([np.arange(begin), begin + order])
        return np.asarray(renamed[found])


class PerWord(ABC):
    """What is known of each word of a book, in arrays by the words' numbers."""

    def __init__(self, book: Wordbook) -> None:
        self._book = book
        self._turn = self._edition = self._known = 0

    def catch_up(self) -> int:
        """Learn the words that are new in the book, and return how many it has.

        To be called before any use.
        """
        book = self._book
        if self._turn != book.turn:
            self._turn = book.turn
            if self._edition != book.edition:
                self._edition, self._known = book.edition, 0
            if self._known < len(book.words):
                self._learn(book.words[self._known :], self._known)
            self._known = book.kept  # the others are others next time
        return len(book.words)

    @abstractmethod
    def _learn(self, words: Sequence[str], first: int) -> None:
        """Take in `words`, whose numbers begin with `first`."""


def written(
    array: NDArray[_Kind], first: int, values: NDArray[_Kind]
) -> NDArray[_Kind]:
    """Put `values` at `first` into `array`, or into a copy with room for more."""
    end = first + len(values)
    if end > len(array):
        larger = np.zeros((2 * end, *array.shape[1:]), array.dtype)
        larger[:first] = array[:first]
        array = larger
    array[first:end] = values
    return array
