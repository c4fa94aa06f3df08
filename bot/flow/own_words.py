"""Whether a trainer's sentence is their own, or a customer's with a word changed. Pure.

Some networks forbid that their posts train a model, word for word or nearly so.
"""

from __future__ import annotations

import re
from typing import Final

from bot.flow.likeness import alike, matter
from bot.flow.plain_text import folded

LIKENESS: Final = 0.8  # of what both are about, from which on it is the same sentence
RUN: Final = 5  # words in a row that are the customer's, not chance
_FEW: Final = 4  # words of a text so short that there is only one way to say it
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_MASK: Final = re.compile(r"<[a-z_]+>")
_ANNOTATION: Final = re.compile(r"\[([^\[\]]+)\](?:\([^()]*\)|\{[^{}]*\})")


def copied(text: str, original: str) -> bool:
    """Tell whether `text` takes its words from `original`.

    It does if both say the same in almost the same words, or share RUN words in a
    row. A message of very few words ("where is my order") belongs to nobody: only
    the very same words, and nothing beside them, are a copy of it.
    """
    own, theirs = _words(text), _words(original)
    if not own or not theirs:
        return False
    if len(theirs) <= _FEW:
        return own == theirs
    if _runs(own) & _runs(theirs):
        return True
    told = matter(" ".join(own))
    return bool(alike(told, [matter(" ".join(theirs))], likeness=LIKENESS))


def _words(text: str) -> list[str]:
    plain = _ANNOTATION.sub(r"\1", _MASK.sub(" ", text))
    return _WORD.findall(folded(plain).casefold().replace("’", "'"))


def _runs(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
