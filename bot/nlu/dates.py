"""Days, written out or relative, as people write them in a hurry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bot.model.reading import Entity
from bot.nlu.finder import PatternSettings, starts_of
from bot.nlu.pieces import Pieces, followed
from bot.nlu.remembered import Remembered, by_shape
from bot.nlu.wordbook import PerWord, Wordbook, written

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DAY = r"(?:mon|tues?|wed(?:s|nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_COUNT = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|few|couple of)"
_UNIT = (
    r"(?:min(?:ute)?s?|h(?:ou)?rs?|days?|nights?|w(?:ee)?ks?|wks?|fortnights?"
    r"|months?|yrs?|years?)"
)
_TOMORROW = r"tomorrow|tomoz|tmrw|tmr|tmw|2mo?rr?ow|2moro|2mrw"
_TONIGHT = r"tonight|tonite|2nite|2night"
_RELATIVE = r"last|next|this|on|since|by|every"
_DATE = re.compile(
    r"(?:"
    r"\d{4}-\d{1,2}-\d{1,2}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})"
    r"|\d{1,2}/\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:\s\d{{4}})?"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?"
    r"|(?:the\s)?\d{1,2}(?:st|nd|rd|th)"
    rf"|(?:(?:{_RELATIVE})\s)?{_DAY}(?:\s(?:morning|afternoon|evening|night))?"
    r"|(?:last|next|this)\s(?:w(?:ee)?k(?:end)?|month|year|night)"
    rf"|(?:(?:about|over|in)\s)?(?:a\s)?(?:\d{{1,3}}\s?|{_COUNT}\s){_UNIT}"
    r"\s(?:ago|late|now|overdue)"
    rf"|yesterday|yday|today|{_TOMORROW}|{_TONIGHT}|(?:the\s)?day before yesterday"
    r")(?![\w/£$€]|[.-]\d)",
    re.IGNORECASE,
)
# No date begins elsewhere: `_DATE` is tried there alone, not at every character.
_BEGINS = re.compile(
    r"(?<![\w/£$€.-])(?:\d|(?:"
    rf"{_RELATIVE}|{_DAY}|{_MONTH}|about|over|in|the|{_COUNT.removesuffix(' of)')})"
    rf"|yesterday|yday|today|{_TOMORROW}|{_TONIGHT}|day)(?!\w))",
    re.IGNORECASE,
)
_BARE_WORDS = {"sat", "sun", "mon", "wed", "weds", "may"}  # other everyday words
# Every date has one of these in it.
DAY = re.compile(
    rf"\d|(?<!\w)(?:{_DAY}|{_UNIT}|week(?:end)?|wkend|yesterday|yday|today|tomorrow|tomoz"
    r"|tmrw|tmr|tmw|tonight|tonite)(?!\w)",
    re.IGNORECASE,
)
# What may go on behind a figure that stands alone.
_COUNTED = re.compile(rf"(?:of|{_UNIT})$|{_MONTH}", re.IGNORECASE)
_SINCE = re.compile(r"ago|late|now|overdue", re.IGNORECASE)
_LINKING = re.compile(rf"(?:{_RELATIVE}|{_MONTH})$", re.IGNORECASE)
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)|day", re.IGNORECASE)
_WRITTEN = re.compile(
    rf"\d{{4}}-|\d{{1,2}}(?:[/.-]\d|st|nd|rd|th)|\d{{1,3}}{_UNIT}|\d(?:mo|mr|ni)",
    re.IGNORECASE,
)
_BARE = re.compile(r"\d{1,3}$")
_COUNTING = re.compile(
    rf"(?:about|over|in|{_COUNT.removesuffix(' of)')}))$", re.IGNORECASE
)
_REACH = 5  # at most so many words before "ago": "about a couple of weeks ago"
# What a piece has: a day, or one that "the" goes before; the beginning of a date,
# whatever follows, or one that needs a day next, the day after next, an ordinal next,
# or an "ago" soon; a bare figure at its end, and what makes that a date.
_DAY_HERE, _NUMBERED, _BEGINS_HERE, _LINKS, _BEFORE = 1, 2, 4, 8, 16
_THE, _COUNTS, _AGO, _FIGURE, _GOES_ON = 32, 64, 128, 256, 512
_ANY_BEGINNING = _BEGINS_HERE | _LINKS | _BEFORE | _THE | _COUNTS | _FIGURE
_OF_DAYS = {"the": _THE, "day": _BEFORE}


@by_shape
def _marks_of(piece: str) -> int:
    if piece.isdecimal():
        return _DAY_HERE | _FIGURE
    marks = _DAY_HERE if DAY.search(piece) else 0
    marks |= _NUMBERED if _ORDINAL.match(piece) else 0
    marks |= _GOES_ON if _COUNTED.match(piece) else 0
    marks |= _AGO if _SINCE.match(piece) else 0
    for begins in _BEGINS.finditer(piece):
        marks |= _beginning(piece, begins.start(), begins.group().lower())
    return marks


def _beginning(piece: str, at: int, word: str) -> int:
    """Return what has to follow the beginning of a date that is a `word` or a digit."""
    if word.isdecimal():
        bare = _FIGURE if _BARE.match(piece, at) else 0
        return _BEGINS_HERE if _WRITTEN.match(piece, at) else bare
    if word in _OF_DAYS:
        return _OF_DAYS[word]
    if _LINKING.match(word):
        return _LINKS
    return _COUNTS if _COUNTING.match(word) else _BEGINS_HERE


class DayMarks(PerWord):
    """Tells where texts may have a date, before they are searched for any."""

    def __init__(self, book: Wordbook) -> None:
        super().__init__(book)
        self._marks = np.zeros(0, np.int64)

    def _learn(self, words: Sequence[str], first: int) -> None:
        marks = np.array(list(map(_marks_of, words)), np.int64)
        self._marks = written(self._marks, first, marks)

    def may_begin(self, pieces: Pieces) -> NDArray[np.bool_]:
        """Tell of each piece whether a date may begin in it.

        Where the words of one text are followed by those of another it may say so
        without reason.
        """
        self.catch_up()
        marks = self._marks[pieces.numbers]
        if pieces.few:
            return np.asarray(marks & _ANY_BEGINNING > 0)
        following = followed(marks)
        ago = following
        for _ in range(_REACH - 1):
            ago = following | followed(ago)
        return np.asarray(
            (marks & _BEGINS_HERE > 0)
            | ((marks & _LINKS > 0) & (following & _DAY_HERE > 0))
            | ((marks & _THE > 0) & (following & _NUMBERED > 0))
            | ((marks & _BEFORE > 0) & (followed(following) & _DAY_HERE > 0))
            | ((marks & _FIGURE > 0) & (following & _GOES_ON > 0))
            | ((marks & _COUNTS > 0) & (ago & _AGO > 0))
        )


_PLACES = Remembered(
    lambda piece: tuple(match.start() for match in _BEGINS.finditer(piece))
)


def dates(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find days, written out or relative; the value is the text in lower case.

    What "last tuesday" means depends on when it was written, which is not
    known here.
    """
    free = 0
    for place in _places(text):
        match = _DATE.match(text, place) if place >= free else None
        if match:
            free = match.end()
            value = " ".join(match.group().lower().split())
            if value not in _BARE_WORDS:
                yield Entity("date", value, place, free)


def _places(text: str) -> list[int]:
    """Return where in `text` a date may begin."""
    pieces = text.split()
    places_of = list(map(_PLACES.__getitem__, pieces))
    starts = starts_of(text, pieces)
    return [
        start + place
        for start, places in zip(starts, places_of, strict=True)
        for place in places
    ]
