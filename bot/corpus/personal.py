"""Personal data in an example: what must not become training data as it is.

Invented data is fine and needed, since the model has to learn what an address looks
like: mailboxes at example.com and its like, and the numbers that regulators keep for
films. Names and street addresses have no form to be found by; people look for those.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.model.example import Finding
from bot.model.policy import PublicRules

# "nell@mail.net", "nell (at) mail.net", "nell at mail dot net"
_EMAIL: Final = re.compile(
    r"[\w.+%-]{1,64}(?:@|\s?[(\[{]\s?at\s?[)\]}]\s?)[\w-]{1,63}"
    r"(?:(?:\.|\s?[(\[{]\s?dot\s?[)\]}]\s?|\sdot\s)[\w-]{1,63})+"
    r"|(?<!\w)[\w.+%-]{1,64}\sat\s[\w-]{1,63}(?:\sdot\s[\w-]{1,63})+",
    re.IGNORECASE,
)
_INVENTED_HOST: Final = re.compile(
    r"(?:\bexample(?:\.|\W+dot\W+)(?:com|org|net|co\.uk)|(?:\.|\bdot\W+)(?:example|test|invalid))\Z",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(r"(?<![\w£$€])\+?\d(?:[\s().–-]{0,2}\d){8,18}(?![\w])")
# Of cards also what people put between the digits so that nobody should find them.
_CARD: Final = re.compile(r"(?<![\w£$€])\d(?:[\s().–_/\\*:,-]{0,3}\d){12,18}(?![\w])")
# "(212) 555-7788" and "0151/1234567", which no run of digits shows to be phones.
_PHONE: Final = re.compile(
    r"(?<![\w£$€.-])(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}(?![\w.-]?\w)"
    r"|(?<![\w/])\(?0\d{2,5}\)?\s?/\s?\d{2,4}(?:[\s-]?\d{2,4}){1,3}(?![\w/])"
)
# Ofcom's for drama, without the country's code; and 555-01xx of North America.
_INVENTED_PHONE: Final = re.compile(
    r"(?:0|44|440)?(?:7700900\d{3}|1632960\d{3}|1\d14960\d{3}|11[3-8]4960\d{3}"
    r"|2079460\d{3}|2890180\d{3}|2920180\d{3}|8081570\d{3}|9098790\d{3}|3069990\d{3})"
    r"|\d{0,6}55501\d{2}"
)
_TEST_CARDS: Final = frozenset(
    {
        "4111111111111111",
        "4242424242424242",
        "5555555555554444",
        "378282246310005",
        "6011111111111117",
    }
)
_LINK: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_CARD_DIGITS: Final = range(13, 20)
_PHONE_STARTS: Final = ("0", "+", "1", "44", "353")
_PHONE_DIGITS: Final = range(9, 16)


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Looks for what names a person or an order. `rules` say what their own look like."""

    rules: PublicRules

    def in_text(self, text: str) -> tuple[Finding, ...]:
        """Return what was found, each kind once; the values are not repeated."""
        kinds = dict.fromkeys(self._kinds(_as_seen(text)))
        return tuple(_finding(kind) for kind in kinds)

    def _kinds(self, text: str) -> Iterator[str]:
        for match in _EMAIL.finditer(text):
            if not _INVENTED_HOST.search(match.group()):
                yield "email"
        for match in _DIGITS.finditer(text):
            yield from _kind_of_number(match.group())
        if any(_is_a_card(_digits(match.group())) for match in _CARD.finditer(text)):
            yield "card"
        if any(not _is_invented(match.group()) for match in _PHONE.finditer(text)):
            yield "phone"
        for kind, pattern in (
            ("order_number", self.rules.order_number),
            ("postcode", self.rules.postcode),
        ):
            if re.search(pattern, text, re.IGNORECASE):
                yield kind
        if _LINK.search(text):
            yield "link"


def _as_seen(text: str) -> str:
    """Return the text without characters that nobody sees, and in plain letters."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if unicodedata.category(c) != "Cf")


def _kind_of_number(written: str) -> Iterator[str]:
    digits = _digits(written)
    if len(digits) in _CARD_DIGITS and _passes_luhn(digits):
        return  # a card, if not an invented one
    like_a_phone = len(digits) in _PHONE_DIGITS and written.startswith(_PHONE_STARTS)
    if like_a_phone and not _is_invented(written):
        yield "phone"


def _digits(written: str) -> str:
    return "".join(c for c in written if c.isdecimal())


def _is_a_card(digits: str) -> bool:
    return _passes_luhn(digits) and digits not in _TEST_CARDS


def _is_invented(phone: str) -> bool:
    return _INVENTED_PHONE.fullmatch(_digits(phone)) is not None


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


_SENTENCES: Final = {
    "email": (
        True,
        "It holds an email address. Invent one: at example.com, example.org or "
        "example.net.",
    ),
    "phone": (
        True,
        "It holds a phone number. Invent one that nobody has, like 07700 900123.",
    ),
    "card": (True, "It holds a card number. Leave it out."),
    "order_number": (False, "It holds an order number: is it invented?"),
    "postcode": (False, "It holds a postcode: is it invented?"),
    "link": (False, "It holds a link: could it lead to somebody's data?"),
}


def _finding(kind: str) -> Finding:
    blocks, sentence = _SENTENCES[kind]
    return Finding(code=f"personal_data:{kind}", sentence=sentence, blocks=blocks)
