"""No text makes the parse fail, or take longer than a second."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.message import MAX_TEXT
from bot.nlu.engine import RasaEngine

LIMIT_S = 1.0
# What has made readers of text slow or fail before: long runs that almost fit a
# pattern, words without end, marks on marks, what cannot be encoded.
HARD = [
    *("@", "#", "/", ".", "-", "_", " ", "\n", "\t", "\x00", "0", "9 ", "+44", "(("),
    *(
        "a",
        "A",
        "é",
        "ß",
        "İ",
        "ﷺ",
        "ﬁ",
        "你",
        "ไ",
        "שָׁ",
        "👍🏽",
        "👨‍👩‍👧 ",
        "\u0301",
        "\u202e",
    ),
    *(
        "\ud800",
        "\U0010ffff",
        "\u200b",
        "\ufeff",
        "http://a.",
        "a@",
        "a@b.",
        "£1,",
        "1/1/",
    ),
    *(
        "FH-",
        "FH 4829 ",
        "www.x.y/",
        "order ",
        "aB",
        "!?",
        "not ",
        "[a](b)",
        "{}",
        "- ",
    ),
]


@pytest.fixture(scope="module")
def engine(model):
    made = RasaEngine(model)
    yield made
    made.close()


def check(engine: RasaEngine, text: str) -> None:
    """Read `text`; time is this process's own, which no other can make longer."""
    began = time.process_time()
    (reading,) = engine.read_now([text])
    took = time.process_time() - began
    assert took < LIMIT_S, f"{took:.2f} s for {len(text)} characters"
    assert 0.0 <= reading.top.confidence <= 1.0
    assert all(0 <= e.start < e.end <= len(text) for e in reading.entities)


@settings(deadline=None, max_examples=60)
@given(
    pieces=st.lists(
        st.sampled_from(HARD) | st.text(st.characters(), max_size=12),
        min_size=1,
        max_size=6,
    ),
    length=st.integers(0, MAX_TEXT),
)
def test_texts_that_go_on_and_on(engine, pieces, length):
    whole = "".join(pieces) or " "
    check(engine, (whole * (length // len(whole) + 1))[:length])


@settings(deadline=None, max_examples=60)
@given(text=st.text(st.characters(), max_size=1_000), times=st.integers(1, 10))
def test_texts_of_any_characters(engine, text, times):
    check(engine, text * times)


@pytest.mark.parametrize("piece", HARD, ids=ascii)
def test_the_longest_text_of_each_hard_piece(engine, piece):
    check(engine, (piece * MAX_TEXT)[:MAX_TEXT])


def test_one_of_every_character_there_is(engine):
    """Ten thousand at a time, in the order of their numbers."""
    every = [chr(code) for code in range(0x11_0000)]
    named = [c for c in every if unicodedata.category(c) not in ("Cn", "Co")]
    for start in range(0, len(named), MAX_TEXT):
        check(engine, "".join(named[start : start + MAX_TEXT]))


def test_a_text_beyond_what_is_read(engine):
    check(engine, "where is my order " * 100_000)
