"""What was found out about a word, kept: people use few words, and often."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

WORDS_KEPT = 20_000
LONGEST_KEPT = 40  # characters of a word, so that odd texts cannot fill the memory
_AS_ZERO = str.maketrans("123456789", "000000000")


class Remembered(dict[str, T]):
    """A function of a word as a mapping: `found[word]` asks it once for each.

    Order numbers, postcodes and addresses are asked for anew each time: they come
    once, and are not ours to keep.
    """

    def __init__(self, find: Callable[[str], T]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, word: str) -> T:
        found = self._find(word)
        if is_plain(word):
            if len(self) >= WORDS_KEPT:
                self.clear()  # the frequent ones are back in a moment
            self[word] = found
        return found


def is_plain(word: str) -> bool:
    """Tell whether `word` may be kept: it names nobody and is of a usual length."""
    if len(word) > LONGEST_KEPT:
        return False
    return word.isalpha() or ("@" not in word[1:] and not any(map(str.isdigit, word)))


def by_shape(find: Callable[[str], T]) -> Callable[[str], T]:
    """Return `find`, which minds no digit's value, asked once for each shape of words.

    What is kept of an order number is that it has six digits.
    """
    kept = lru_cache(maxsize=WORDS_KEPT)(find)

    def found(word: str) -> T:
        shape = word.translate(_AS_ZERO)
        if "@" in shape or len(shape) > LONGEST_KEPT:
            return find(shape)
        return kept(shape)

    return found
