"""Lexical features: TF-IDF over word n-grams and over character n-grams.

Both blocks are L2-normalised by themselves and then weighted, so that a long
message's many character n-grams do not drown its words. Character n-grams stay
inside words (sklearn's `char_wb`), which forgives typos and inflection.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import hstack

from bot.nlu.grams import CharacterGrams, WordGrams
from bot.nlu.runs import Runs, owners
from bot.nlu.wordbook import Wordbook

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer


COMMON_SHARE = 0.004  # of the examples hold a word that counts as common


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSettings:
    """One block of n-grams: sizes `shortest` to `longest`, both included.

    `min_count` is the number of examples an n-gram must occur in, `min_count_joined`
    that for n-grams of several words; `weight` multiplies the normalised block.
    """

    analyzer: str  # "word" or "char_wb"
    shortest: int
    longest: int
    min_count: int = 1
    min_count_joined: int = 1
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Block:
    """A learned vocabulary with the inverse document frequency of each entry."""

    settings: BlockSettings
    terms: tuple[str, ...]
    idf: NDArray[np.float32]  # (terms,)

    @classmethod
    def learn(cls, settings: BlockSettings, lines: Sequence[str]) -> Block:
        """Learn the n-grams of `lines`.

        Raises:
            ValueError: no n-gram occurs often enough.
        """
        counter = _counter(settings).set_params(min_df=settings.min_count)
        counts = counter.fit_transform(lines)
        occurs_in = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = (np.log((1 + len(lines)) / (1 + occurs_in)) + 1).astype(np.float32)
        terms = [str(term) for term in counter.get_feature_names_out()]
        joined = np.array([" " in term for term in terms]) & (
            settings.analyzer == "word"
        )
        kept = ~joined | (occurs_in >= settings.min_count_joined)
        return cls(settings, tuple(compress(terms, kept)), idf[kept])

    def grams(self, book: Wordbook) -> WordGrams | CharacterGrams:
        """Return what counts the n-grams of texts as the vectorizer that learned would.

        In a tenth of its time.
        """
        by_words = self.settings.analyzer == "word"
        sizes = self.settings.shortest, self.settings.longest
        kind = WordGrams if by_words else CharacterGrams
        return kind(self.terms, *sizes, book=book)

    def weighted(self, counts: csr_matrix) -> csr_matrix:
        """Return the weighted rows, (runs, terms); a row without n-grams is zero."""
        weights = (1 + np.log(counts.data)) * self.idf[counts.indices]
        rows = owners(np.diff(counts.indptr))
        squares = weights.astype(np.float64) ** 2
        lengths = np.sqrt(np.bincount(rows, squares, minlength=counts.shape[0]))
        weights = (weights / lengths[rows]).astype(np.float32)
        counts.data = weights * np.float32(self.settings.weight)
        return counts


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


@dataclass(frozen=True)
class Features:
    """Several blocks side by side, over texts that are tokenised already."""

    blocks: tuple[Block, ...]
    book: Wordbook = field(default_factory=Wordbook, repr=False, compare=False)
    grams: tuple[WordGrams | CharacterGrams, ...] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        grams = tuple(block.grams(self.book) for block in self.blocks)
        object.__setattr__(self, "grams", grams)

    @classmethod
    def learn(
        cls, settings: Sequence[BlockSettings], tokenised: Sequence[Sequence[str]]
    ) -> Features:
        """Learn all blocks from the tokens of the training examples."""
        lines = [" ".join(tokens) for tokens in tokenised]
        return cls(tuple(Block.learn(each, lines) for each in settings))

    def matrix(self, tokenised: Sequence[Sequence[str]]) -> csr_matrix:
        """Return the rows, (texts, n-grams of all blocks), each row in order."""
        runs = Runs.of(tokenised, self.book)
        each = zip(self.blocks, self.grams, strict=True)
        blocks = [block.weighted(grams.counts(runs)) for block, grams in each]
        rows = hstack(blocks, format="csr")
        rows.sort_indices()
        return rows

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
