"""Lexical features: TF-IDF over word n-grams and over character n-grams.

Both blocks are L2-normalised by themselves and then weighted, so that a long
message's many character n-grams do not drown its words. Character n-grams stay
inside words (sklearn's `char_wb`), which forgives typos and inflection.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, hstack

from bot.nlu.grams import character_finder, word_finder
from bot.nlu.runs import Runs, owners

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.feature_extraction.text import CountVectorizer

    from bot.nlu.grams import Columns, Finder
    from bot.nlu.runs import Numbers

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
    _find: Finder = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_words = self.settings.analyzer == "word"
        sizes = self.settings.shortest, self.settings.longest
        find = word_finder if by_words else character_finder
        object.__setattr__(self, "_find", find(self.terms, *sizes))

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

    def matrix(self, runs: Runs) -> csr_matrix:
        """Return the weighted rows, (runs, terms); a row without n-grams is zero."""
        counts = self._counts(runs)
        weights = (1 + np.log(counts.data)) * self.idf[counts.indices]
        rows = owners(np.diff(counts.indptr))
        squares = weights.astype(np.float64) ** 2
        lengths = np.sqrt(np.bincount(rows, weights=squares, minlength=len(runs)))
        weights = (weights / lengths[rows]).astype(np.float32)
        counts.data = weights * np.float32(self.settings.weight)
        return counts

    def _counts(self, runs: Runs) -> csr_matrix:
        """Count as the vectorizer that learned would; a tenth of its time."""
        columns, sizes = self._find(runs)
        found = _rows(
            np.ones(len(columns), np.float32), columns, sizes, len(self.terms)
        )
        rows, pieces = len(runs), len(sizes) // len(runs)
        each = np.arange(rows * pieces, dtype=np.intc).reshape(pieces, rows).T.ravel()
        ones = np.ones(len(each), np.float32)
        together = _rows(ones, each, np.full(rows, pieces), rows * pieces)
        # A product counts what a row holds more than once, without sorting it.
        return together @ found


def _rows(
    values: NDArray[np.float32], columns: Columns, sizes: Numbers, width: int
) -> csr_matrix:
    ends = np.concatenate([[0], np.cumsum(sizes)])
    return csr_matrix((values, columns, ends), shape=(len(sizes), width))


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
        """Return the rows, (texts, n-grams of all blocks), each row in order."""
        rows = hstack(self.matrices(Runs.of(tokenised)), format="csr")
        rows.sort_indices()
        return rows

    def matrices(self, runs: Runs) -> list[csr_matrix]:
        """Return the columns of `matrix` block by block."""
        return [block.matrix(runs) for block in self.blocks]

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
