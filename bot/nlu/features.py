"""Lexical features: TF-IDF over word n-grams and over character n-grams.

Both blocks are L2-normalised by themselves and then weighted, so that a long
message's many character n-grams do not drown its words. Character n-grams stay
inside words (sklearn's `char_wb`), which forgives typos and inflection.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from bot.nlu.normalise import is_word

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
    _counter: CountVectorizer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        counter = _counter(self.settings)
        counter.set_params(vocabulary={t: i for i, t in enumerate(self.terms)})
        object.__setattr__(self, "_counter", counter)

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
        counts = self._counter.transform(lines).astype(np.float32)
        counts.data = (1 + np.log(counts.data)) * self.idf[counts.indices]
        return normalize(counts, copy=False) * self.settings.weight


def _counter(settings: BlockSettings) -> CountVectorizer:
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
        lines = [" ".join(tokens) for tokens in tokenised]
        return hstack([block.matrix(lines) for block in self.blocks], format="csr")

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


def known_share(tokens: Sequence[str], known: frozenset[str]) -> float:
    """Return the share of the words in `tokens` that are `known`; 0.0 if no words.

    Emoji count as words; placeholders and punctuation do not.
    """
    words = list(_words(tokens))
    return sum(word in known for word in words) / len(words) if words else 0.0


def _words(tokens: Sequence[str]) -> Iterator[str]:
    return (token for token in tokens if is_word(token))
