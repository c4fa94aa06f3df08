"""Entities that have a form of their own: numbers, addresses, money, dates."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bot.model.reading import Entity
from bot.nlu.amounts import MONEY, WORDS_OF_MONEY, amounts, spelled_amounts
from bot.nlu.dates import DayMarks, dates
from bot.nlu.finder import Finder, PatternSettings
from bot.nlu.identifiers import (
    cards,
    emails,
    handles,
    hidden_emails,
    links,
    order_numbers,
    phones,
    postcodes,
)
from bot.nlu.pieces import Pieces
from bot.nlu.remembered import by_shape
from bot.nlu.wordbook import PerWord, Wordbook, written

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What a text must hold for these finders to find anything: most texts hold no digit,
# and looking for a sign costs far less than looking for what is made of it. No sign
# holds a blank, so each is looked for between two blanks. Where two claim the same
# characters, the more dangerous to overlook comes first and wins.
FINDERS: tuple[tuple[str, Finder], ...] = (
    ("link", links),
    ("long number", cards),
    ("number", order_numbers),
    ("address", emails),
    ("hidden", hidden_emails),
    ("long number", phones),
    ("postcode", postcodes),
    ("money", amounts),
    ("words of money", spelled_amounts),
    ("date", dates),
    ("handle", handles),
)
SHORTEST_PHONE = 9  # digits; a card has more
_SIGN_OF: Mapping[str, re.Pattern[str]] = {
    "link": re.compile(r"://|www\.", re.IGNORECASE),
    "digit": re.compile(r"\d"),
    "address": re.compile(r"[\w.+%-]@"),
    "hidden": re.compile(r"(?<!\w)dot(?!\w)|[(\[{]at|^[(\[{]$", re.IGNORECASE),
    "postcode": re.compile(r"\d[A-Z]{2}(?![^\W_])", re.IGNORECASE | re.ASCII),
    "money": MONEY,
    "words of money": WORDS_OF_MONEY,
    "handle": re.compile(r"(?<![\w@/.+-])@\w"),
}
_SUMMED_UP = (*_SIGN_OF, "number", "long number", "date")
_BIT = {sign: 1 << at for at, sign in enumerate(_SUMMED_UP)}
_NUMBER, _LONG_NUMBER, _DATE = _BIT["number"], _BIT["long number"], _BIT["date"]
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # "４" is "4"


class Patterns:
    """Finds what has a form of its own in many texts."""

    def __init__(self, settings: PatternSettings, book: Wordbook) -> None:
        self._settings = settings
        self._signs, self._days = _Signs(book), DayMarks(book)

    def signs(self, pieces: Pieces) -> list[int]:
        """Tell of each text which finders may find anything, in bits."""
        marks, digits = self._signs.of(pieces)
        marks = marks | np.where(self._days.may_begin(pieces), _DATE, 0)
        found = pieces.joined(marks)
        found |= np.where(digits >= self._settings.order_digits, _NUMBER, 0)
        found |= np.where(digits >= SHORTEST_PHONE, _LONG_NUMBER, 0)
        told: list[int] = found.tolist()
        return told

    def find(self, text: str, signs: int) -> list[Entity]:
        """Return all that is found in a text with these `signs`; some may overlap."""
        return [
            entity
            for sign, finder in FINDERS
            if signs & _BIT[sign]
            for entity in finder(text, self._settings)
        ]


def wide_as_plain(text: str) -> str:
    """Return `text` at the same length with full-width letters and digits made plain."""
    return text if text.isascii() else text.translate(_WIDE)


class _Signs(PerWord):
    """The signs in each piece, and how many digits it has at most."""

    def __init__(self, book: Wordbook) -> None:
        super().__init__(book)
        self._marks = np.zeros(0, np.int64)
        self._digits = np.zeros(0, np.int64)

    def _learn(self, words: Sequence[str], first: int) -> None:
        marks = np.array([_signs_of(word) for word in words], np.int64)
        lengths = np.array([*map(len, words)], np.int64)
        self._marks = written(self._marks, first, marks)
        digits = np.where(marks & _BIT["digit"], lengths, 0)
        self._digits = written(self._digits, first, digits)

    def of(self, pieces: Pieces) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the signs of each piece and the digits of each text."""
        self.catch_up()
        digits = pieces.sums(self._digits[pieces.numbers])
        return self._marks[pieces.numbers], digits


@by_shape
def _signs_of(piece: str) -> int:
    return sum(_BIT[sign] for sign, form in _SIGN_OF.items() if form.search(piece))


def without_overlap(entities: Sequence[Entity]) -> list[Entity]:
    """Keep the earlier given of those that overlap; return them in text order."""
    if len(entities) < 2:
        return [*entities]
    starts: list[int] = []  # of those kept, in the text's order
    kept: list[Entity] = []
    for entity in entities:
        at = bisect_left(starts, entity.start)
        if at and kept[at - 1].end > entity.start:
            continue
        if at < len(kept) and starts[at] < entity.end:
            continue
        starts.insert(at, entity.start)
        kept.insert(at, entity)
    return kept
