"""Entities that have a form of their own: numbers, addresses, money, dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.model.reading import Entity
from bot.nlu.amounts import MONEY, WORDS_OF_MONEY, amounts, spelled_amounts
from bot.nlu.dates import DAY, dates
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
from bot.nlu.remembered import Remembered

# What a text must hold for these finders to find anything: most texts hold no digit,
# and looking for a sign costs far less than looking for what is made of it. No sign
# holds a blank, so each can be looked for between two blanks. Where two claim the same
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
    ("day", dates),
    ("handle", handles),
)
SHORTEST_PHONE = 9  # digits; a card has more
_SIGN_OF: Mapping[str, re.Pattern[str]] = {
    "link": re.compile(r"://|www\.", re.IGNORECASE),
    "digit": re.compile(r"\d"),
    "address": re.compile(r"[\w.+%-]@"),
    "hidden": re.compile(r"(?<!\w)dot(?!\w)|[(\[{]at|^[(\[{]$", re.IGNORECASE),
    "postcode": re.compile(r"\d[A-Z]{2}(?!\w)", re.IGNORECASE),
    "money": MONEY,
    "words of money": WORDS_OF_MONEY,
    "day": DAY,
    "handle": re.compile(r"(?<![\w@/.+-])@\w"),
}
_SIGNS = Remembered(
    lambda piece: frozenset(
        sign for sign, pattern in _SIGN_OF.items() if pattern.search(piece)
    )
)
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # "４" is "4"


def find_patterns(text: str, settings: PatternSettings) -> list[Entity]:
    """Return the entities in `text`, in order and without overlap."""
    plain = text if text.isascii() else text.translate(_WIDE)
    signs = _signs_in(plain, settings)
    if not signs:
        return []
    found = [
        entity
        for sign, finder in FINDERS
        if sign in signs
        for entity in finder(plain, settings)
    ]
    return without_overlap(found) if len(found) > 1 else found


def _signs_in(text: str, settings: PatternSettings) -> set[str]:
    signs: set[str] = set()
    digits = 0  # at most so many
    for piece in text.split():
        held = _SIGNS[piece]
        if held:
            signs |= held
            if "digit" in held:
                digits += len(piece)
    if digits >= settings.order_digits:
        signs.add("number")
    if digits >= SHORTEST_PHONE:
        signs.add("long number")
    return signs


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
