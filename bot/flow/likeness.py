"""How alike two short texts are, whoever wrote them and however hastily. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz, process

from bot.flow.plain_text import folded, without_links

_HANDLE: Final = re.compile(r"@\w+")
_NOT_A_LETTER: Final = re.compile(r"[\W\d_]+")
_DRAWN_OUT: Final = re.compile(r"(\w)\1{2,}")  # "dooown"
# Words that say nothing about the matter. What turns the sense round stays: not, no.
_FILLERS_TEXT: Final = (
    "a an and are be been do does for from guys has have hello hey hi i im in is"
    " it its just me my of oh ok on or our please pls plz rt seems so team thanks that"
    " the there this to ur us was we with you your youre whats s"
)
_FILLERS: Final = frozenset(_FILLERS_TEXT.split())
_FEWEST_WORDS: Final = 2
_LONGEST: Final = 300  # letters that are compared: a storm's texts are short
_ENOUGH_LETTERS: Final = 10  # of a text that is one word, or has no spaces


def matter(text: str) -> str:
    """Return the words of `text` that say what it is about, "" if they are too few.

    Handles, links, numbers, case, signs and fillers are gone: two people who write
    about the same thing differ in them. "help!!" could be about anything.
    """
    plain = _HANDLE.sub(" ", without_links(folded(text)))
    letters = _NOT_A_LETTER.sub(" ", plain.casefold().replace("'", ""))
    words = [
        word for word in _DRAWN_OUT.sub(r"\1", letters).split() if word not in _FILLERS
    ]
    told = " ".join(words)
    enough = len(words) >= _FEWEST_WORDS or len(told) >= _ENOUGH_LETTERS
    return told[:_LONGEST] if enough else ""


def alike(told: str, others: Sequence[str], *, likeness: float) -> list[int]:
    """Return the places in `others` of the matters that are as much like `told`.

    The measure is the mean of two: how well the sorted words fit, which long
    additions lower, and how well the words that both have fit, which a few more
    words do not. So "website down again" is like "website down", and "website down
    when I pay by card" is not.
    """
    if not told or not others:
        return []
    wanted = likeness * 100
    # a mean of at least `wanted` needs this much of the one measure, which is quick
    least = max(0.0, 2 * wanted - 100)
    near = process.extract(
        told, others, scorer=fuzz.token_sort_ratio, score_cutoff=least, limit=None
    )
    return sorted(
        place
        for other, score, place in near
        if (score + fuzz.token_set_ratio(told, other)) / 2 >= wanted
    )


def shared_words(texts: Sequence[str]) -> str:
    """Return the first text's words that most of `texts` have, in their order."""
    rows = [matter(text).split() for text in texts]
    if not rows:
        return ""
    most = len(rows) / 2
    return " ".join(
        word for word in dict.fromkeys(rows[0]) if sum(word in r for r in rows) > most
    )
