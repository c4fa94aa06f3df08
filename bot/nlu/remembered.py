"""What was found out about a word, kept: people use few words, and often."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

WORDS_KEPT = 20_000
LONGEST_KEPT = 40  # characters of a word, so that odd texts cannot fill the memory


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
        if _is_plain(word):
            if len(self) >= WORDS_KEPT:
                self.clear()  # the frequent ones are back in a moment
            self[word] = found
        return found


def _is_plain(word: str) -> bool:
    short = len(word) <= LONGEST_KEPT
    return short and "@" not in word[1:] and not any(map(str.isdigit, word))
