"""Sums of money, as people write and say them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.model.reading import Entity
from bot.nlu.finder import PatternSettings, ascii_digits

_FIGURE = r"\d{1,7}(?:[,.]\d{3}){0,3}(?:[.,]\d{1,2})?k?"
_SIGN = r"[£$€]|(?<![^\W\d_])(?:gbp|eur|usd)"
_UNIT = r"£|€|quid|pounds?|gbp|euros?|eur|dollars?|bucks|usd|pence|p|pee"
_AMOUNT = re.compile(
    rf"(?P<sign>{_SIGN})\s?(?P<after>{_FIGURE})(?!\d)"
    rf"|(?<![\w.,])(?P<before>{_FIGURE})\s?(?P<unit>{_UNIT})(?!\w)",
    re.IGNORECASE,
)
_WORDS = {
    **dict.fromkeys(("a", "one"), 1),
    **{"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    **{"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20},
    **{"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70},
    **{"eighty": 80, "ninety": 90},
}
_NOTES = {"fiver": 5, "tenner": 10}  # British for the notes themselves
_SPELLED = re.compile(
    rf"(?<![\w-])(?:(?P<count>{'|'.join(_WORDS)})\s(?P<hundred>hundred\s)?"
    r"(?P<unit>quid|pounds?|euros?|dollars?|bucks)"
    rf"|(?:a\s)?(?P<note>{'|'.join(_NOTES)}))(?![\w-])",
    re.IGNORECASE,
)
# Every sum has one of these in it, between two blanks.
MONEY = re.compile(
    rf"[£$€]|(?<![^\W\d_])(?:gbp|eur|usd)|(?<![^\W\d_])(?:{_UNIT})(?!\w)", re.IGNORECASE
)
WORDS_OF_MONEY = re.compile(
    r"(?<!\w)(?:quid|pounds?|euros?|dollars?|bucks|fiver|tenner)(?!\w)", re.IGNORECASE
)
# A pound is also a weight: with "a" or "of" beside it, nobody means the money.
_WEIGHT = re.compile(r"\sof\s|s?\s(?:heavier|lighter|weight|in weight)")
_CURRENCIES = {"$": "USD", "d": "USD", "b": "USD", "u": "USD", "€": "EUR", "e": "EUR"}


def amounts(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find figures with a currency; the value is "34.99 GBP", "40 GBP", "0.50 GBP"."""
    for match in _AMOUNT.finditer(text):
        unit = (match["sign"] or match["unit"]).lower()
        if unit in ("pound", "pounds") and _WEIGHT.match(text, match.end()):
            continue
        figure = _decimal(match["after"] or match["before"])
        if unit in ("p", "pee", "pence"):
            figure = f"{float(figure) / 100:.2f}"
        yield Entity(
            "amount", f"{figure} {_currency(unit)}", match.start(), match.end()
        )


def spelled_amounts(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find sums in words: "fifty quid", "two hundred euros", "a tenner"."""
    for match in _SPELLED.finditer(text):
        unit = (match["unit"] or "pounds").lower()
        if unit in ("pound", "pounds") and _WEIGHT.match(text, match.end()):
            continue
        if match["note"]:
            worth = _NOTES[match["note"].lower()]
        else:
            worth = _WORDS[match["count"].lower()] * (100 if match["hundred"] else 1)
        yield Entity("amount", f"{worth} {_currency(unit)}", match.start(), match.end())


def _currency(unit: str) -> str:
    return _CURRENCIES.get(unit[0], "GBP")


def _decimal(figure: str) -> str:
    """Read a mark before one or two last digits as the decimal point; "k" thousands."""
    whole = figure.lower().removesuffix("k")
    plain, point, cents = whole, "", ""
    mark = max(whole.rfind(","), whole.rfind("."))
    if mark >= 0 and len(whole) - mark - 1 < 3:
        plain, point, cents = whole[:mark], ".", whole[mark + 1 :]
    digits = ascii_digits(plain) + point + ascii_digits(cents)
    return f"{float(digits) * 1000:.0f}" if figure[-1:] in "kK" else digits
