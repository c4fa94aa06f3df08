"""Days, written out or relative, as people write them in a hurry."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.model.reading import Entity
from bot.nlu.finder import PatternSettings
from bot.nlu.remembered import Remembered

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
_PLACES = Remembered(
    lambda piece: tuple(match.start() for match in _BEGINS.finditer(piece))
)


def dates(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find days, written out or relative; the value is the text in lower case.

    What "last tuesday" means depends on when it was written, which is not
    known here.
    """
    pieces = text.split()
    places_of = list(map(_PLACES.__getitem__, pieces))
    if not any(places_of):
        return
    offset = free = 0
    for piece, places in zip(pieces, places_of, strict=True):
        offset = text.index(piece, offset)
        for place in places:
            match = _DATE.match(text, offset + place)
            if match and match.start() >= free:
                free = match.end()
                value = " ".join(match.group().lower().split())
                if value not in _BARE_WORDS:
                    yield Entity("date", value, match.start(), match.end())
        offset += len(piece)
