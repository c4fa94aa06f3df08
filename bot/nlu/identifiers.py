"""What names an order, a person or a place on the web: found by its form alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers

from bot.model.reading import Entity
from bot.nlu.finder import PatternSettings, ascii_digits

MAX_PHONES = 20  # numbers tried for one text; each costs a tenth of a millisecond

_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")


def cards(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find payment card numbers: 13 to 19 digits that pass the Luhn check."""
    for match in _CARD.finditer(text):
        digits = ascii_digits(match.group())
        if passes_luhn(digits):
            yield Entity("card", digits, match.start(), match.end())


def passes_luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit that cards carry."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and set(digits) != {"0"}


_BETWEEN = r"[\s\-–—_#.:📦➡️]{0,3}"
_SPELLED = r"\s{0,2}(?:no|num|number|nr|ref|id)?[\s.:#]{0,3}"


@lru_cache(maxsize=8)
def _order_pattern(prefix: str, digits: int) -> re.Pattern[str]:
    """Return what an order number looks like: whole, in halves or in pairs."""
    half = digits // 2
    number = rf"\d{{{half}}}[ .-]?\d{{{digits - half}}}"
    if digits % 2 == 0 and half > 1:
        number += rf"|\d\d(?:[ .-]\d\d){{{half - 1}}}"
    own = rf"(?<![^\W_]){re.escape(prefix)}{_BETWEEN}(?P<own>{number})"
    hashed = rf"(?<!\w)#\s?(?P<hash>{number})"
    spelled = rf"(?<!\w)order{_SPELLED}(?P<spelled>{number})"
    return re.compile(f"(?:{own}|{hashed}|{spelled})(?!\\d)", re.IGNORECASE)


def order_numbers(text: str, settings: PatternSettings) -> Iterator[Entity]:
    """Find order numbers however written: FH-482913, fh 48 29 13, #482913."""
    pattern = _order_pattern(settings.order_prefix, settings.order_digits)
    for match in pattern.finditer(text):
        group = match.lastgroup or ""
        value = f"{settings.order_prefix}-{ascii_digits(match[group])}"
        start = match.start(group) if group == "spelled" else match.start()
        yield Entity("order_number", value, start, match.end())


_NAME = r"(?<![\w.+%-])[\w.+%-]{1,64}"
_HOST = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"{_NAME}@{_HOST}(?:\.{_HOST}){{1,4}}")
# What people write so that machines do not see an address.
_AT, _DOT = r"\s?[(\[{]\s?at\s?[)\]}]\s?", r"(?:\.|\s?[(\[{]\s?dot\s?[)\]}]\s?|\sdot\s)"
# In plain words only with a common ending: "meet at noon dot matrix".
_ENDINGS = "com|co|uk|org|net|eu|ie|de|fr|es|it|nl|pl|pt|io|me|info"
_HIDDEN_EMAIL = re.compile(
    rf"{_NAME}(?:{_AT}{_HOST}(?:{_DOT}{_HOST}){{1,4}}"
    rf"|(?:\sat\s|@){_HOST}(?:\sdot\s{_HOST}){{0,2}}\sdot\s(?:{_ENDINGS}))(?!\w)",
    re.IGNORECASE,
)
_BLANKED_DOT = re.compile(_DOT, re.IGNORECASE)
_BLANKED_AT = re.compile(rf"{_AT}|\sat\s", re.IGNORECASE)


def emails(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find email addresses; the value is in lower case."""
    for match in _EMAIL.finditer(text):
        yield Entity("email", match.group().lower(), match.start(), match.end())


def hidden_emails(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find addresses like "joe (at) mail dot com"; the value is "joe@mail.com"."""
    for match in _HIDDEN_EMAIL.finditer(text):
        plain = _BLANKED_AT.sub("@", match.group(), count=1)
        value = _BLANKED_DOT.sub(".", plain).lower()
        yield Entity("email", value, match.start(), match.end())


_PHONE = re.compile(
    r"(?<![\w£$€.,/-])(?:\+|\(\+?)?\d(?:[ ().-]{0,2}\d){8,14}(?![\w£$€])"
)


def phones(text: str, settings: PatternSettings) -> Iterator[Entity]:
    """Find possible phone numbers; the value is in E.164, "+442079460000"."""
    for number, match in enumerate(_PHONE.finditer(text)):
        if number >= MAX_PHONES:
            return
        value = _e164(match.group(), settings.region)
        if value:
            yield Entity("phone", value, match.start(), match.end())


def _e164(written: str, region: str) -> str | None:
    digits = ascii_digits(written, keep="+")
    if not digits.startswith(_leads(region)):
        return None  # a barcode, a tracking or an account number
    try:
        parsed = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=8)
def _leads(region: str) -> tuple[str, ...]:
    """Return how a number begins that one would dial; "" where there is no rule."""
    national = phonenumbers.ndd_prefix_for_region(region, True)
    return ("+", "00", national) if national == "0" else ("",)


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


_LINK = re.compile(r"(?:https?://|(?<![\w.])www\.)[^\s<>\"]{1,2000}", re.IGNORECASE)
_AFTER_LINK = ".,;:!?)]}'’”»…"
_HANDLE = re.compile(r"(?<![\w@/.+-])@(\w{1,30})(?![\w@]|\.\w)")


def links(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find web addresses, without the punctuation behind them."""
    for match in _LINK.finditer(text):
        value = match.group().rstrip(_AFTER_LINK)
        yield Entity("link", value, match.start(), match.start() + len(value))


def handles(text: str, _settings: PatternSettings) -> Iterator[Entity]:
    """Find accounts that are named; the value is in lower case, without the sign."""
    for match in _HANDLE.finditer(text):
        yield Entity("handle", match[1].lower(), match.start(), match.end())
