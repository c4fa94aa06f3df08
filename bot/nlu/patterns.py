"""Entities that have a form of their own: numbers, addresses, money, dates.

Pure functions from a text to spans. Every quantifier is bounded and no two that
touch can match the same character, so time grows linearly with the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from bot.model.reading import Entity
from bot.nlu.remembered import Remembered

MAX_PHONES = 20  # numbers tried for one text; each costs a tenth of a millisecond


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternSettings:
    """What differs between firms.

    `order_prefix` and `order_digits` describe an order number, "FH" and 6 for
    FH-482913; `region` is where phone numbers without a country code belong.
    """

    order_prefix: str = "FH"
    order_digits: int = 6
    region: str = "GB"


Finder = Callable[[str, PatternSettings], Iterator[Entity]]


def find_patterns(text: str, settings: PatternSettings) -> list[Entity]:
    """Return the entities in `text`, in order and without overlap.

    Where two claim the same characters, the more dangerous to overlook wins: a
    card before an order number before an email before a phone number.
    """
    signs = set[str]().union(*map(_SIGNS.__getitem__, text.split()))
    if not signs:
        return []
    return without_overlap(
        [
            entity
            for sign, finders in _FINDERS
            if sign in signs
            for finder in finders
            for entity in finder(text, settings)
        ]
    )


def without_overlap(entities: Iterable[Entity]) -> list[Entity]:
    """Keep the earlier given of those that overlap; return them in text order."""
    kept: list[Entity] = []
    taken: set[int] = set()
    for entity in entities:
        span = range(entity.start, entity.end)
        if taken.isdisjoint(span):
            kept.append(entity)
            taken.update(span)
    return sorted(kept, key=lambda entity: entity.start)


_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")


def cards(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find payment card numbers: 13 to 19 digits that pass the Luhn check."""
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if passes_luhn(digits):
            yield Entity("card", digits, match.start(), match.end())


def passes_luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit that cards carry."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and set(digits) != {"0"}


@lru_cache(maxsize=8)
def _order_pattern(prefix: str, digits: int) -> re.Pattern[str]:
    half = digits // 2
    number = rf"(?P<{{}}>\d{{{{{half}}}}}[ ]?\d{{{{{digits - half}}}}})"
    spelled = r"\border\s{0,2}(?:no|num|number|nr|ref|id)?[\s.:#]{0,3}"
    written = "|".join(
        lead + number.format(name)
        for lead, name in (
            (rf"(?<![^\W_]){re.escape(prefix)}[\s\-–_#.:]{{0,3}}", "own"),
            (r"(?<!\w)#\s?", "hash"),
            (spelled, "spelled"),
        )
    )
    return re.compile(f"(?:{written})(?![\\d])", re.IGNORECASE)


def order_numbers(text: str, settings: PatternSettings) -> Iterator[Entity]:
    """Find order numbers however written: FH-482913, fh 482 913, #482913."""
    pattern = _order_pattern(settings.order_prefix, settings.order_digits)
    for match in pattern.finditer(text):
        group = match.lastgroup or ""
        value = f"{settings.order_prefix}-{_ascii_digits(match[group])}"
        start = match.start(group) if group == "spelled" else match.start()
        yield Entity("order_number", value, start, match.end())


_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}@[^\W_](?:[\w-]{0,61}[^\W_])?"
    r"(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?){1,4}"
)


def emails(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find email addresses; the value is in lower case."""
    for match in _EMAIL.finditer(text):
        yield Entity("email", match.group().lower(), match.start(), match.end())


_PHONE = re.compile(
    r"(?<![\w£$€.,/-])(?:\+|\(\+?)?\d(?:[ ().-]{0,2}\d){8,14}(?![\w£$€])"
)


def phones(text: str, settings: PatternSettings) -> Iterator[Entity]:
    """Find valid phone numbers; the value is in E.164, "+442079460000"."""
    for number, match in enumerate(_PHONE.finditer(text)):
        if number >= MAX_PHONES:
            return
        value = _e164(match.group(), settings.region)
        if value:
            yield Entity("phone", value, match.start(), match.end())


def _e164(written: str, region: str) -> str | None:
    try:
        parsed = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


_POSTCODE = re.compile(
    r"(?<![^\W_])(?P<out>[A-PR-UWYZ][A-HK-Y]?\d[\dA-HJKPSTUW]?)\s?"
    r"(?P<inward>\d[ABD-HJLNP-UW-Z]{2})(?![^\W_])",
    re.IGNORECASE | re.ASCII,
)


def postcodes(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find British postcodes; the value is "SW1A 1AA"."""
    for match in _POSTCODE.finditer(text):
        value = f"{match['out']} {match['inward']}".upper()
        yield Entity("postcode", value, match.start(), match.end())


_FIGURE = r"\d{1,7}(?:,\d{3}){0,3}(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?P<sign>[£$€])\s?(?P<after>{_FIGURE})(?!\d)"
    rf"|(?<![\w.,])(?P<before>{_FIGURE})\s?"
    r"(?P<unit>£|€|quid|pounds?|gbp|euros?|eur|dollars?|bucks|usd|pence|p)(?!\w)",
    re.IGNORECASE,
)
_CURRENCIES = {"$": "USD", "d": "USD", "b": "USD", "u": "USD", "€": "EUR", "e": "EUR"}


def amounts(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find sums of money; the value is "34.99 GBP", "40 GBP", "0.50 GBP"."""
    for match in _AMOUNT.finditer(text):
        unit = (match["sign"] or match["unit"]).lower()
        figure = _decimal(match["after"] or match["before"])
        if unit in ("p", "pence"):
            figure = f"{float(figure) / 100:.2f}"
        currency = _CURRENCIES.get(unit[0], "GBP")
        yield Entity("amount", f"{figure} {currency}", match.start(), match.end())


def _decimal(figure: str) -> str:
    """Read a comma before one or two last digits as a decimal point."""
    decimal = re.sub(r",(\d{1,2})\Z", r".\1", figure)
    return _ascii_digits(decimal.replace(",", ""), keep=".")


def _ascii_digits(written: str, *, keep: str = "") -> str:
    """Return digits of any script as 0-9, and of the rest only `keep`."""
    return "".join(
        str(int(char)) if char.isdecimal() else char
        for char in written
        if char.isdecimal() or char in keep
    )


_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_COUNT = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|few|couple of)"
)
_UNIT = r"(?:min(?:ute)?s?|h(?:ou)?rs?|days?|nights?|w(?:ee)?ks?|months?|years?)"
_DATE = re.compile(
    r"(?<![\w/£$€.-])(?:"
    r"\d{4}-\d{1,2}-\d{1,2}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})"
    r"|\d{1,2}/\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:\s\d{{4}})?"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?"
    r"|(?:the\s)?\d{1,2}(?:st|nd|rd|th)"
    rf"|(?:(?:last|next|this|on|since|by|every)\s)?{_DAY}(?:\s(?:morning|afternoon|evening|night))?"
    r"|(?:last|next|this)\s(?:week(?:end)?|month|year|night)"
    rf"|(?:(?:about|over|in)\s)?(?:a\s)?{_COUNT}\s?{_UNIT}\s(?:ago|late|now|overdue)"
    r"|yesterday|today|tomorrow|tonight|(?:the\s)?day before yesterday"
    r")(?![\w/£$€]|[.-]\d)",
    re.IGNORECASE,
)
_BARE_WORDS = {"sat", "sun", "mon", "wed", "may"}  # other words of everyday language


def dates(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find days, written out or relative; the value is the text in lower case.

    What "last tuesday" means depends on when it was written, which is not
    known here.
    """
    for match in _DATE.finditer(text):
        value = " ".join(match.group().lower().split())
        if value not in _BARE_WORDS:
            yield Entity("date", value, match.start(), match.end())


# What a text must hold for these finders to find anything: most texts hold no digit,
# and looking for a sign costs far less than looking for what is made of it. No sign
# holds a blank, so each can be looked for between two blanks.
_FINDERS: tuple[tuple[str, tuple[Finder, ...]], ...] = (
    ("digit", (cards, order_numbers)),
    ("address", (emails,)),
    ("digit", (phones, postcodes, amounts)),
    ("day", (dates,)),
)
_SIGN_OF: Mapping[str, re.Pattern[str]] = {
    "digit": re.compile(r"\d"),
    "address": re.compile(r"[\w.+%-]@"),
    "day": re.compile(  # every form of a date has one of these
        r"\d|mon|tue|wed|thu|fri|sat|sun|min|hour|hr|day|night|w(?:ee)?k|year|tomorrow",
        re.IGNORECASE,
    ),
}
_SIGNS = Remembered(
    lambda piece: frozenset(
        sign for sign, pattern in _SIGN_OF.items() if pattern.search(piece)
    )
)
