"""What makes reading fast changes no reading: each short cut against the long way."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from bot.nlu.features import Block, BlockSettings
from bot.nlu.mood import occurs
from bot.nlu.normalise import tokens
from bot.nlu.patterns import (
    PatternSettings,
    amounts,
    cards,
    dates,
    emails,
    find_patterns,
    order_numbers,
    phones,
    postcodes,
    without_overlap,
)

LINES = [
    "where is my order",
    "is it here yet ?",
    "a b ab aba abab",
    "returns returns returns",
    "i want my money back now !",
]
SETTINGS = [
    BlockSettings(analyzer="word", shortest=1, longest=2),
    BlockSettings(analyzer="char_wb", shortest=2, longest=4),
    BlockSettings(analyzer="char_wb", shortest=1, longest=3, weight=0.5),
]
WORDS = st.lists(
    st.sampled_from(["a", "ab", "order", "where", "is", "money", "ünd", "?", "aba"]),
    max_size=12,
).map(" ".join)
PIECES = st.sampled_from(
    [
        *("FH-482913", "4111 1111 1111 1111", "07700 900412", "LS6 2AB", "£3.50"),
        *(
            "a@b.example",
            "tomorrow",
            "3 May",
            "٤٨٢٩١٣",
            "order no ",
            "@",
            "5",
            " ",
            "x",
        ),
    ]
)


@pytest.mark.parametrize(
    "settings", SETTINGS, ids=lambda s: f"{s.analyzer}-{s.longest}"
)
@given(lines=st.lists(WORDS, min_size=1, max_size=5))
def test_ngrams_are_counted_as_by_the_vectorizer_that_learned(settings, lines):
    block = Block.learn(settings, LINES)
    words = settings.analyzer == "word"
    counter = CountVectorizer(
        analyzer=settings.analyzer,
        ngram_range=(settings.shortest, settings.longest),
        lowercase=False,
        tokenizer=str.split if words else None,
        token_pattern=None if words else r"(?u)\b\w\w+\b",
        vocabulary={term: column for column, term in enumerate(block.terms)},
    )
    counts = counter.transform(lines).toarray().astype(np.float32)
    weighted = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * block.idf
    lengths = np.sqrt((weighted**2).sum(axis=1, keepdims=True))
    wanted = weighted / np.where(lengths == 0, 1, lengths) * settings.weight
    assert np.allclose(block.matrix(lines).toarray(), wanted, atol=1e-6)


@given(st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=60))
def test_a_finder_that_is_passed_over_would_have_found_nothing(text):
    settings = PatternSettings()
    every = (cards, order_numbers, emails, phones, postcodes, amounts, dates)
    found = [entity for finder in every for entity in finder(text, settings)]
    assert find_patterns(text, settings) == without_overlap(found)


@given(WORDS, st.lists(WORDS, max_size=4))
def test_phrases_are_found_as_by_searching_for_them(line, phrases):
    lines = {" ".join(tokens(phrase)) for phrase in phrases} - {""}
    wanted = any(re.search(rf"(?<!\S){re.escape(p)}(?!\S)", line) for p in lines)
    assert occurs(phrases, line) == wanted
