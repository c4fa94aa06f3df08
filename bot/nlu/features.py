"""Lexical features: TF-IDF over word n-grams and over character n-grams.

Both blocks are L2-normalised by themselves and then weighted, so that a long
message's many character n-grams do not drown its words. Character n-grams stay
inside words (sklearn's `char_wb`), which forgives typos and inflection.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, hstack

from bot.nlu.remembered import Remembered

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.feature_extraction.text import CountVectorizer


COMMON_SHARE = 0.004  # of the examples hold a word that counts as common


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSettings:
    """One block of n-grams: sizes `shortest` to `longest`, both included.

    `min_count` is the number of examples an n-gram must occur in; `weight`
    multiplies the normalised block.
    """

    analyzer: str  # "word" or "char_wb"
    shortest: int
    longest: int
    min_count: int = 1
    weight: float = 1.0


@dataclass(frozen=True)
class Block:
    """A learned vocabulary with the inverse document frequency of each entry."""

    settings: BlockSettings
    terms: tuple[str, ...]
    idf: NDArray[np.float32]  # (terms,)
    _columns: Callable[[str], bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        columns = {term: column for column, term in enumerate(self.terms)}
        find = (
            _columns_of_line if self.settings.analyzer == "word" else _columns_by_word
        )
        object.__setattr__(self, "_columns", find(columns, self.settings))

    @classmethod
    def learn(cls, settings: BlockSettings, lines: Sequence[str]) -> Block:
        """Learn the n-grams of `lines`.

        Raises:
            ValueError: no n-gram occurs often enough.
        """
        counter = _counter(settings).set_params(min_df=settings.min_count)
        counts = counter.fit_transform(lines)
        occurs_in = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = np.log((1 + len(lines)) / (1 + occurs_in)) + 1
        terms = tuple(str(term) for term in counter.get_feature_names_out())
        return cls(settings, terms, idf.astype(np.float32))

    def matrix(self, lines: Sequence[str]) -> csr_matrix:
        """Return the weighted rows, (lines, terms); a row without n-grams is zero."""
        counts = self._counts(lines)
        weights = (1 + np.log(counts.data)) * self.idf[counts.indices]
        rows = np.repeat(np.arange(len(lines)), np.diff(counts.indptr))
        squares = weights.astype(np.float64) ** 2
        lengths = np.sqrt(np.bincount(rows, weights=squares, minlength=len(lines)))
        weights = (weights / lengths[rows]).astype(np.float32)
        counts.data = weights * np.float32(self.settings.weight)
        return counts

    def _counts(self, lines: Sequence[str]) -> csr_matrix:
        """Count as the vectorizer that learned would; a third of its time."""
        found = [self._columns(line) for line in lines]
        columns = np.frombuffer(b"".join(found), dtype=np.intc)
        ends = np.cumsum([0, *(len(each) // columns.itemsize for each in found)])
        counts = csr_matrix(
            (np.ones(len(columns), dtype=np.float32), columns.copy(), ends),
            shape=(len(lines), len(self.terms)),
        )
        counts.sum_duplicates()
        return counts


def _columns_of_line(
    columns: dict[str, int], settings: BlockSettings
) -> Callable[[str], bytes]:
    """Return what finds the columns of a line's n-grams of words, one after another."""

    sizes = range(settings.shortest, settings.longest + 1)

    def of_line(line: str) -> bytes:
        words = line.split()
        found: list[int | None] = []
        for size in sizes:
            shifted = [words[at:] for at in range(size)]
            found += map(columns.get, map(" ".join, zip(*shifted)))  # noqa: B905 - the shortest ends it
        return _packed(found)

    return of_line


def _columns_by_word(
    columns: dict[str, int], settings: BlockSettings
) -> Callable[[str], bytes]:
    """Return what finds the columns of a line's n-grams of characters.

    They never cross a word's edge, so those of frequent words are remembered.
    """

    def of_word(word: str) -> bytes:
        return _packed(map(columns.get, _character_grams(f" {word} ", settings)))

    remembered = Remembered(of_word)
    return lambda line: b"".join([remembered[word] for word in line.split()])


def _packed(columns: Iterable[int | None]) -> bytes:
    """Return the columns of known n-grams as C integers, which join fast."""
    return array("i", [column for column in columns if column is not None]).tobytes()


def _character_grams(padded: str, settings: BlockSettings) -> Iterator[str]:
    """Yield the n-grams of a padded word; one shorter than n counts once, whole."""
    for size in range(settings.shortest, settings.longest + 1):
        if len(padded) <= size:
            yield padded
            return
        for at in range(len(padded) - size + 1):
            yield padded[at : at + size]


def _counter(settings: BlockSettings) -> CountVectorizer:
    # Only training needs it: a worker does without.
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415

    words = settings.analyzer == "word"
    return CountVectorizer(
        analyzer=settings.analyzer,
        ngram_range=(settings.shortest, settings.longest),
        lowercase=False,
        tokenizer=str.split if words else None,
        token_pattern=None if words else r"(?u)\b\w\w+\b",
    )


@dataclass(frozen=True, slots=True)
class Features:
    """Several blocks side by side, over texts that are tokenised already."""

    blocks: tuple[Block, ...]

    @classmethod
    def learn(
        cls, settings: Sequence[BlockSettings], tokenised: Sequence[Sequence[str]]
    ) -> Features:
        """Learn all blocks from the tokens of the training examples."""
        lines = [" ".join(tokens) for tokens in tokenised]
        return cls(tuple(Block.learn(each, lines) for each in settings))

    def matrix(self, tokenised: Sequence[Sequence[str]]) -> csr_matrix:
        """Return the rows, (texts, n-grams of all blocks)."""
        return hstack(self.matrices(tokenised), format="csr")

    def matrices(self, tokenised: Sequence[Sequence[str]]) -> list[csr_matrix]:
        """Return the columns of `matrix` block by block."""
        lines = [" ".join(tokens) for tokens in tokenised]
        return [block.matrix(lines) for block in self.blocks]

    @property
    def words(self) -> frozenset[str]:
        """The single words that occur in the training examples."""
        return frozenset(
            term
            for block in self.blocks
            if block.settings.analyzer == "word"
            for term in block.terms
            if " " not in term
        )

    @property
    def common_words(self) -> frozenset[str]:
        """The words that many training examples share: "the", "my", "order".

        They are told by their inverse document frequency, ln((1+n)/(1+df)) + 1,
        which the blocks keep anyway.
        """
        rarest = 1 - math.log(COMMON_SHARE)
        return frozenset(
            term
            for block in self.blocks
            if block.settings.analyzer == "word"
            for term, idf in zip(block.terms, block.idf.tolist(), strict=True)
            if " " not in term and idf <= rarest
        )


def share(words: Sequence[str], known: frozenset[str]) -> float:
    """Return the share of `words` that are `known`; 0.0 if there are none."""
    if not words:
        return 0.0
    return sum(map(known.__contains__, words)) / len(words)
