"""The words of a message, and the policy's watchwords among them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model.policy import Policy, Watch


def words_of(text: str, policy: Policy) -> list[str]:
    """Return the words of `text` in lower case, without handles, links and signs."""
    kept = (
        word
        for word in text.split()
        if not word.startswith(("@", "http://", "https://"))
    )
    letters = (c.casefold() if c.isalnum() else " " for c in " ".join(kept))
    return [w for w in "".join(letters).split() if w != policy.handle]


def watched(texts: Iterable[str], policy: Policy) -> Watch | None:
    """Return the gravest watch of which a phrase stands in one of `texts`."""
    lines = [f" {' '.join(words_of(text, policy))} " for text in texts]
    for watch in policy.watchwords:
        if any(f" {phrase} " in line for phrase in watch.words for line in lines):
            return watch
    return None
