"""Finds many phrases in a line of words at one walk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.nlu.normalise import tokens

_NOTHING: dict[str, int] = {}


@dataclass(slots=True)
class _Node:
    """Where a phrase may go on, and the lists in which one ends here."""

    next: dict[str, _Node] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)


class Phrases:
    """Named lists of phrases in plain lower case; an entry may also be an emoji.

    Phrases and texts meet as `normalise.tokens` writes them, so "PISSSED OFF" and
    "pissed off" are one. A text costs one look-up a word, however long the lists.
    """

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._begin: dict[str, _Node] = {}
        for name, phrases in lists.items():
            for phrase in phrases:
                self._add(name, tokens(phrase))

    def _add(self, name: str, words: Sequence[str]) -> None:
        level, node = self._begin, None
        for word in words:
            node = level.setdefault(word, _Node())
            level = node.next
        if node is not None and name not in node.ends:
            node.ends.append(name)

    def find(self, words: Sequence[str]) -> Mapping[str, int]:
        """Return how many different phrases of each list stand in `words`."""
        begin = self._begin
        starts = [at for at, word in enumerate(words) if word in begin]
        if not starts:
            return _NOTHING
        found: dict[str, int] = {}
        seen: set[int] = set()  # nodes, so that a phrase written twice counts once
        end = len(words)
        for start in starts:
            node: _Node | None = begin[words[start]]
            at = start
            while node:
                if node.ends and id(node) not in seen:
                    seen.add(id(node))
                    for name in node.ends:
                        found[name] = found.get(name, 0) + 1
                at += 1
                node = node.next.get(words[at]) if at < end else None
        return found
