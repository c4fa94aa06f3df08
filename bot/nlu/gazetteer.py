"""Names learned from annotated examples: products and carriers.

A phrase is kept if people who wrote it in the examples mostly meant the thing;
so "light" as in "a light tent" does not become a product. Matching walks the
text once, word by word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from bot.model.reading import Entity
from bot.nlu.pieces import Pieces, followed
from bot.nlu.remembered import Remembered
from bot.nlu.wordbook import PerWord, Wordbook, written

LONGEST = 6  # words of a phrase
ANNOTATED_SHARE = 0.3  # of a phrase's occurrences; people annotate unevenly

_WORD = re.compile(r"[^\W_]+(?:['’&-][^\W_]+)*")
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Gazetteer:
    """Phrases of folded words, each with the kind of entity that it names."""

    kinds: Mapping[Phrase, str]
    _lengths: Mapping[str, tuple[int, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lengths: dict[str, set[int]] = {}  # by first word, so that most words pass
        for phrase in self.kinds:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        longest_first = {w: tuple(sorted(n, reverse=True)) for w, n in lengths.items()}
        object.__setattr__(self, "_lengths", longest_first)

    @classmethod
    def learn(
        cls,
        annotated: Iterable[tuple[str, str]],
        texts: Sequence[str],
        known: Mapping[str, Iterable[str]],
    ) -> Gazetteer:
        """Learn from (kind, words) pairs and check them against all `texts`.

        Args:
            annotated: entities as people marked them.
            texts: all training texts, without marks.
            known: names given in the configuration, by kind; kept unchecked.
        """
        marked = Counter((_phrase(words), kind) for kind, words in annotated)
        marked.pop(((), ""), None)
        written = _occurrences({phrase for phrase, _ in marked}, texts)
        kinds: dict[Phrase, str] = {}
        for (phrase, kind), count in sorted(marked.items(), key=lambda item: item[1]):
            if phrase and count >= ANNOTATED_SHARE * max(written[phrase], 1):
                kinds[phrase] = kind
        for kind, names in known.items():
            kinds.update({_phrase(name): kind for name in names})
        return cls(kinds)

    def find(self, text: str) -> list[Entity]:
        """Return the names in `text`, longest first at each word, without overlap."""
        # No word holds a blank.
        words = tuple(chain.from_iterable(map(_PHRASES.__getitem__, text.split())))
        begins = self._lengths
        starts = [at for at, word in enumerate(words) if word in begins]
        if not starts:
            return []
        found: list[tuple[int, int]] = []
        free = 0  # behind the names found so far
        for at in starts:
            if at >= free and (length := self._longest_at(words, at)):
                free = at + length
                found.append((at, free))
        return self._named(text, words, found) if found else []

    def _named(
        self, text: str, words: Phrase, found: Sequence[tuple[int, int]]
    ) -> list[Entity]:
        spans = [match.span() for match in _WORD.finditer(text)]
        return [
            Entity(
                self.kinds[words[first:last]],
                " ".join(words[first:last]),
                spans[first][0],
                spans[last - 1][1],
            )
            for first, last in found
        ]

    def _longest_at(self, words: Phrase, position: int) -> int:
        for length in self._lengths[words[position]]:
            phrase = words[position : position + length]  # shorter at the text's end
            if phrase in self.kinds:
                return len(phrase)
        return 0

    def as_json(self) -> dict[str, str]:
        """Return the phrases as text → kind."""
        return {" ".join(phrase): kind for phrase, kind in sorted(self.kinds.items())}

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> Gazetteer:
        """Undo `as_json`."""
        return cls({tuple(text.split(" ")): kind for text, kind in stored.items()})


_ALONE, _BEGINS, _FOLLOWS = 1, 2, 4


class NameMarks(PerWord):
    """Tells where texts may have a name, before they are searched for any."""

    def __init__(self, names: Gazetteer, book: Wordbook) -> None:
        super().__init__(book)
        self._marks = np.zeros(0, np.int64)
        self._alone = {phrase[0] for phrase in names.kinds if len(phrase) == 1}
        self._begin = {phrase[0] for phrase in names.kinds if len(phrase) > 1}
        self._second = {phrase[1] for phrase in names.kinds if len(phrase) > 1}

    def _learn(self, words: Sequence[str], first: int) -> None:
        marks = np.array([self._marks_of(_PHRASES[word]) for word in words], np.int64)
        self._marks = written(self._marks, first, marks)

    def _marks_of(self, words: Phrase) -> int:
        if not words:  # it stands between words as if it were not there
            return _FOLLOWS
        alone = not self._alone.isdisjoint(words)
        within = not self._begin.isdisjoint(words[:-1])
        marks = _ALONE if alone or within else 0
        marks |= _BEGINS if words[-1] in self._begin else 0
        return marks | _FOLLOWS if words[0] in self._second else marks

    def may_hold(self, pieces: Pieces) -> list[bool]:
        """Tell of each text whether it may hold a name."""
        self.catch_up()
        marks = self._marks[pieces.numbers]
        hits = (marks & _ALONE > 0) | (marks & _BEGINS > 0) & (
            followed(marks) & _FOLLOWS > 0
        )
        told: list[bool] = (pieces.sums(hits) > 0).tolist()
        return told


def _occurrences(phrases: set[Phrase], texts: Sequence[str]) -> Counter[Phrase]:
    counts: Counter[Phrase] = Counter()
    for text in texts:
        words = _phrase(text)
        counts.update(gram for gram in _grams(words) if gram in phrases)
    return counts


def _grams(words: Phrase) -> Iterator[Phrase]:
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            yield words[start:end]


def _phrase(text: str) -> Phrase:
    if text.isdecimal():
        return (text,)
    return tuple(_stem(word) for word in _WORD.findall(text))


def _stem(word: str) -> str:
    """Fold case and drop a plural's s, so that "Tents" and "tent" meet."""
    folded = word.casefold().replace("’", "'")
    if len(folded) > 3 and folded.endswith("s") and not folded.endswith("ss"):
        return folded[:-1].rstrip("'")
    return folded


_PHRASES = Remembered(_phrase)  # what stands between two blanks -> its words
