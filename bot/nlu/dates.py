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
_REACH = 4  # at most so many words before the first of them: "about a couple of weeks"
# What goes on behind a figure that stands alone.
_COUNTED = re.compile(rf"(?:of|{_UNIT})$|{_MONTH}", re.IGNORECASE)
_DAY_HERE, _BEGINS_HERE, _FIGURE, _GOES_ON = 1, 2, 4, 8


@by_shape
def _marks_of(piece: str) -> int:
    if piece.isdecimal():
        return _DAY_HERE | _BEGINS_HERE | _FIGURE
    marks = _DAY_HERE if DAY.search(piece) else 0
    if _BEGINS.search(piece):
        marks |= _BEGINS_HERE
    return marks | _GOES_ON if _COUNTED.match(piece) else marks


_MARKS = Remembered(_marks_of)  # of what stands between two blanks


class DayMarks(PerWord):
    """Tells where texts may have a date, before they are searched for any."""

    def __init__(self, book: Wordbook) -> None:
        super().__init__(book)
        self._marks = np.zeros(0, np.int64)

    def _learn(self, words: Sequence[str], first: int) -> None:
        marks = np.array(list(map(_MARKS.__getitem__, words)), np.int64)
        self._marks = written(self._marks, first, marks)

    def may_begin(self, pieces: Pieces) -> NDArray[np.bool_]:
        """Tell of each piece whether a date may begin in it.

        Where the words of one text are followed by those of another it may say so
        without reason.
        """
        self.catch_up()
        marks = self._marks[pieces.numbers]
        soon = marks
        for _ in range(_REACH):
            soon = marks | followed(soon)
        begins = (marks & _BEGINS_HERE > 0) & (soon & _DAY_HERE > 0)
        alone = (marks & _FIGURE > 0) & (followed(marks) & _GOES_ON == 0)
        return np.asarray(begins & ~alone)


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
    """Return where in `text` a date may begin, a day being there or soon after."""
    pieces = text.split()
    near = _near_days(list(map(_MARKS.__getitem__, pieces)))
    if not near:
        return []
    starts = starts_of(text, pieces)
    return [
        starts[at] + match.start()
        for at in near
        for match in _BEGINS.finditer(pieces[at])
    ]


def _near_days(marks: Sequence[int]) -> list[int]:
    """Return which pieces may begin what a day, there or soon after, belongs to."""
    near: list[int] = []
    looked = 0  # at all pieces before it
    for day in [at for at, mark in enumerate(marks) if mark & _DAY_HERE]:
        begins = range(max(looked, day - _REACH), day + 1)
        near += [at for at in begins if _may_begin(marks, at)]
        looked = day + 1
    return near


def _may_begin(marks: Sequence[int], at: int) -> bool:
    if marks[at] & _FIGURE:  # which something has to make a date of
        return at + 1 < len(marks) and bool(marks[at + 1] & _GOES_ON)
    return bool(marks[at] & _BEGINS_HERE)
