"""What the NLU data looks like: sizes, duplicates, near-duplicates, variety.

Needs neither Rasa nor a model. Words are compared as the model sees them, so two
examples that differ in capitals, handles or "sooo" count as the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from bot.nlu.data import Example, load_examples
from bot.nlu.normalise import tokens

SIMILAR = 0.8  # share of common words (Jaccard) from which two examples are near
FEWEST_WORDS = 4  # shorter texts are alike by nature


@dataclass(frozen=True, slots=True)
class Pair:
    """Two examples that are too much alike; `likeness` lies between 0.0 and 1.0."""

    first: Example
    second: Example
    likeness: float

    @property
    def across(self) -> bool:
        """Whether the two carry different labels, which confuses the model."""
        return self.first.label != self.second.label


@dataclass(frozen=True, slots=True)
class DataReport:
    """The figures of one reading of the data.

    `distinct_fourgrams` is different word 4-grams over all of them: 1.0 means that
    no four words in a row ever return.
    """

    examples: int
    by_label: dict[str, int]
    by_entity: dict[str, int]
    duplicates: tuple[Pair, ...]
    near_duplicates: tuple[Pair, ...]  # across labels first
    distinct_fourgrams: float

    @property
    def has_conflicts(self) -> bool:
        """Whether the same text carries two labels."""
        return any(pair.across for pair in self.duplicates)


def data_report(folder: Path) -> DataReport:
    """Report on the NLU data in `folder`.

    Raises:
        ConfigError: a file is missing or broken; names file, line and remedy.
    """
    examples = load_examples(folder)
    tokenised = [tuple(tokens(example.text)) for example in examples]
    return DataReport(
        examples=len(examples),
        by_label=dict(sorted(Counter(e.label for e in examples).items())),
        by_entity=dict(
            sorted(Counter(k for e in examples for k, _ in e.entities).items())
        ),
        duplicates=tuple(_duplicates(examples, tokenised)),
        near_duplicates=tuple(_near_duplicates(examples, tokenised)),
        distinct_fourgrams=_distinct_fourgrams(tokenised),
    )


def _duplicates(
    examples: Sequence[Example], tokenised: Sequence[tuple[str, ...]]
) -> Iterator[Pair]:
    first: dict[tuple[str, ...], Example] = {}
    for example, words in zip(examples, tokenised, strict=True):
        known = first.setdefault(words, example)
        if known is not example:
            yield Pair(known, example, 1.0)


def _near_duplicates(
    examples: Sequence[Example], tokenised: Sequence[tuple[str, ...]]
) -> list[Pair]:
    bags = [frozenset(words) for words in tokenised]
    pairs = [
        Pair(examples[i], examples[j], likeness)
        for i, j in sorted(_candidates(bags))
        if tokenised[i] != tokenised[j]
        and (likeness := _jaccard(bags[i], bags[j])) >= SIMILAR
    ]
    return sorted(pairs, key=lambda pair: (not pair.across, -pair.likeness))


def _candidates(bags: Sequence[frozenset[str]]) -> set[tuple[int, int]]:
    """Return the pairs that share one of their rarest words.

    Others cannot be near: of two bags that share 80 % of their words, the rarest
    fifth of each cannot be all missing from the other (prefix filtering).
    """
    frequency = Counter(word for bag in bags for word in bag)
    holders: dict[str, list[int]] = defaultdict(list)
    for index, bag in enumerate(bags):
        if len(bag) < FEWEST_WORDS:
            continue
        rarest = sorted(bag, key=lambda word: (frequency[word], word))
        for word in rarest[: len(bag) - int(SIMILAR * len(bag)) + 1]:
            holders[word].append(index)
    return {pair for found in holders.values() for pair in combinations(found, 2)}


def _jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / len(first | second)


def _distinct_fourgrams(tokenised: Iterable[tuple[str, ...]]) -> float:
    grams = Counter(
        words[start : start + 4]
        for words in tokenised
        for start in range(len(words) - 3)
    )
    return len(grams) / max(sum(grams.values()), 1)
