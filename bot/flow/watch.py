"""The words of a message, and the policy's watchwords among them. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from bot.model.policy import Policy, Watch

_SIGNS = re.compile(r"[\W_]+")
_NO_WORDS = ("@", "http://", "https://")


def words_of(text: str, policy: Policy) -> tuple[str, ...]:
    """Return the words of `text` in lower case, without handles, links and signs."""
    return _words(text, policy.handle)


@lru_cache(maxsize=256)  # several questions are asked of each message
def _words(text: str, handle: str) -> tuple[str, ...]:
    if "@" in text or "://" in text:
        kept = [word for word in text.split() if not word.startswith(_NO_WORDS)]
        text = " ".join(kept)
    words = _SIGNS.sub(" ", text).casefold().split()
    return tuple(word for word in words if word != handle)


def watched(texts: Iterable[str], policy: Policy) -> Watch | None:
    """Return the gravest watch of which a phrase stands in one of `texts`."""
    lines = [words_of(text, policy) for text in texts]
    for watch in policy.watchwords:
        phrases = _by_first_word(watch.words)
        for line in lines:
            if _holds(line, phrases):
                return watch
    return None


def _holds(words: tuple[str, ...], phrases: dict[str, list[str]]) -> bool:
    """Tell whether one of `phrases` stands among `words`; most begin nowhere there."""
    if phrases.keys().isdisjoint(words):
        return False
    candidates = [phrase for word in words for phrase in phrases.get(word, ())]
    line = f" {' '.join(words)} "
    return any(f" {phrase} " in line for phrase in candidates)


@lru_cache(maxsize=64)
def _by_first_word(phrases: frozenset[str]) -> dict[str, list[str]]:
    index = defaultdict[str, list[str]](list)
    for phrase in phrases:
        index[phrase.partition(" ")[0]].append(phrase)
    return dict(index)
