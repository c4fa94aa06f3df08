"""Anger and urgency by rules, so that an agent who asks why gets an answer.

Words are matched on normalised tokens, so "PISSSED OFF" and "pissed off" are one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.nlu.normalise import tokens

SHOUTED_LETTERS = 12  # fewer capitals are an abbreviation, not a shout
SHOUTED_SHARE = 0.6
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_LETTERS = re.compile(r"[^\W\d_]")
_BURST = re.compile(r"[!?]{2,}[!?]")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodWords:
    """Words and phrases in plain lower case; an entry may also be an emoji.

    `insisting` words make urgent. `angry` words make angry by themselves; `rough`
    ones only together with another sign, because people also swear for joy.
    """

    insisting: tuple[str, ...] = ()
    angry: tuple[str, ...] = ()
    rough: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mood:
    """What the tone says."""

    urgent: bool
    angry: bool


def mood(text: str, tokenised: Sequence[str], words: MoodWords) -> Mood:
    """Read the tone of `text`, which `normalise.tokens` has split into `tokenised`.

    Two weak signs (rough words, shouting, bursts of marks) are one strong one.
    """
    weak = (
        occurs(words.rough, tokenised),
        shouts(text),
        _BURST.search(text) is not None,
    )
    return Mood(
        urgent=occurs(words.insisting, tokenised),
        angry=occurs(words.angry, tokenised) or sum(weak) >= 2,
    )


def shouts(text: str) -> bool:
    """Tell whether most of `text` is in capitals."""
    if text.islower():
        return False
    loud = sum([len(word) for word in _CAPITALS.findall(text)])
    return loud >= SHOUTED_LETTERS and loud >= SHOUTED_SHARE * len(
        _LETTERS.findall(text)
    )


def occurs(phrases: tuple[str, ...], words: Sequence[str]) -> bool:
    """Tell whether one of `phrases` stands in a line of normalised tokens."""
    by_first = _by_first_word(phrases)
    if by_first.keys().isdisjoint(words):  # as in most texts
        return False
    return any(
        tuple(words[at : at + len(rest)]) == rest
        for at, word in enumerate(words, 1)
        if word in by_first
        for rest in by_first[word]
    )


@lru_cache(maxsize=16)
def _by_first_word(phrases: tuple[str, ...]) -> dict[str, list[tuple[str, ...]]]:
    """Return what follows each first word, so that most words cost one look."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        first, *rest = tokens(phrase) or [""]
        if first:
            found.setdefault(first, []).append(tuple(rest))
    return found
