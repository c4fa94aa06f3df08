"""Personal data, taken out of a text before anything of it is kept. Pure.

What is masked too often costs a trainer a guess, and what is masked too rarely a
customer their privacy: where a form alone does not tell, it is masked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final

from bot.flow.personal_names import without_names
from bot.flow.plain_text import folded, squeezed, without_links
from bot.model.policy import PublicRules
from bot.model.reading import Entity

_HIDES: Final = frozenset(
    {"order_number", "email", "phone", "card", "postcode", "link", "handle"}
)
_FLAGS: Final = re.IGNORECASE

# "nell@mail.example", "nell (at) mail dot example", "nell at mail dot example"
_EMAIL: Final = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}\s?(?:@|[(\[{]\s?(?:at|@)\s?[)\]}])\s?[\w-]{1,63}"
    r"(?:\s?(?:\.|[(\[{]\s?(?:dot|\.)\s?[)\]}]|\bdot\b)\s?[\w-]{1,63}){1,5}"
    r"|(?<![\w.+-])[\w.+-]{1,64}\sat\s[\w-]{1,63}"
    r"(?:\s?(?:\.|\bdot\b)\s?[\w-]{1,63}){0,3}\s?(?:\.|\sdot\s)\s?"
    r"(?:com|co|uk|org|net|eu|ie|de|fr|es|it|nl|pl|pt|io|me|info|example)\b",
    _FLAGS,
)
_HANDLE: Final = re.compile(r"(?<![\w<])@\w+(?:\.\w+)*")
_IBAN: Final = re.compile(
    r"\b[A-Za-z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b"
)
_MONEY: Final = re.compile(
    r"(?:[£$€]|\b(?:gbp|eur|usd))\s?\d{1,3}(?:[.,]?\d{3})?(?:[.,]\d{1,2})?(?![\d.,-]*\d)"
    r"|(?<![\w.,-])\d{1,3}(?:[.,]?\d{3})?(?:[.,]\d{1,2})?\s?(?:[£$€]|pounds?|euros?|quid|gbp|eur)",
    _FLAGS,
)
# Digits with what people put between them. The last four of a card name it as well.
_NUMBER: Final = re.compile(r"(?<!\d)[+(]?\d(?:[\s()._/\\:*#-]{0,3}\d){3,}(?!\d)")
# Letters and digits mixed: "AB12CD34", a parcel, an account, a voucher.
_CODE: Final = re.compile(
    r"(?<![\w<])(?=[\w-]*\d[\w-]*\d)(?=[\w-]*[a-z])[\w-]{6,}", _FLAGS
)
_DIGIT_WORD: Final = (
    r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple)"
)
_SPELLED: Final = re.compile(
    rf"\b{_DIGIT_WORD}(?:[\s,-]+{_DIGIT_WORD}){{3,}}\b", _FLAGS
)
_STREET: Final = re.compile(
    r"\b\d{1,4}\s?[a-z]?,?\s(?:[a-z'’]+\s){1,3}"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|ct|way|place|pl"
    r"|crescent|gardens|terrace|grove|hill|square|sq|park|walk|row|mews|rise|green)\b",
    _FLAGS,
)
LONGEST = 2000  # characters that are kept: nobody learns from the end of a novel
_LIKE_A_MASK: Final = re.compile(r"<(?=[^\W\d])")
_SHORTEST: Final = 3  # characters of a fact


def masked(
    text: str,
    *,
    entities: Iterable[Entity] = (),
    rules: PublicRules,
    facts: Collection[str] = (),
    names: Iterable[str] = (),
) -> str:
    """Return `text` with what identifies a person or an order as "<email>" and such.

    Args:
        text: what was written.
        entities: what the model found in it; their places must be those of `text`.
        rules: how the brand's order numbers and postcodes look.
        facts: private values of the customer, wherever they told them.
        names: what the customer calls themselves on the network.
    """
    plain = folded(_without_entities(text, entities)[:LONGEST])
    plain = without_links(_EMAIL.sub(" <email> ", plain), " <link> ")
    for kind, pattern in _patterns(rules):
        plain = pattern.sub(f" <{kind}> ", plain)
    plain = _without_facts(plain, facts)
    plain = without_names(plain, own=names)
    return " ".join(plain.split())


@lru_cache(maxsize=4)
def _patterns(rules: PublicRules) -> Sequence[tuple[str, re.Pattern[str]]]:
    return (
        ("handle", _HANDLE),
        ("order_number", re.compile(rules.order_number, _FLAGS)),
        ("postcode", re.compile(rules.postcode, _FLAGS)),
        ("account", _IBAN),
        ("amount", _MONEY),
        ("address", _STREET),
        ("number", _CODE),
        ("number", _NUMBER),
        ("number", _SPELLED),
    )


def _without_entities(text: str, entities: Iterable[Entity]) -> str:
    """Mask what the model found, also where two of its findings overlap.

    What an author wrote never looks like a mask: nothing of ours passes over it.
    """
    pieces, done = [], 0
    for entity in sorted(entities, key=lambda one: one.start):
        if entity.kind in _HIDES and entity.end > done:
            before = text[done : max(done, entity.start)]
            pieces += [_LIKE_A_MASK.sub("< ", before), f" <{entity.kind}> "]
            done = entity.end
    return "".join([*pieces, _LIKE_A_MASK.sub("< ", text[done:])])


def _without_facts(text: str, facts: Collection[str]) -> str:
    """Mask what the customer told us elsewhere, however it is spelled here."""
    for fact in facts:
        letters = squeezed(folded(fact))
        if len(letters) < _SHORTEST:
            continue
        spelled = r"[\W_]{0,3}".join(map(re.escape, letters))
        text = re.sub(rf"(?<!\w){spelled}(?!\w)", " <private> ", text, flags=_FLAGS)
    return text
