"""A text counts what X's own library says, also where that is not asked."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twitter_text import parse_tweet

from bot.channels.counting import weighted_length

PARTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "example.com",
            "https://x.y",
            "a.b",
            ". ",
            ".",
            "...",
            "e.g. this",
            "©",
            "®",
            "é",
            "é",
            "日本",
            "😀",
            "👩\u200d👩\u200d👧",
            "1️⃣",
            "#⃣",
            "\r\n",
            "\n",
            "—",
            "–",
            "“x”",
            "…",
            "\u200d",
            "′",
            "\u202e",
            "ﬁ",
            "ᄀ",
            "가",
        ]
    ),
)


@given(st.lists(PARTS, max_size=6).map("".join))
def test_any_text_counts_what_the_library_says(text):
    assert weighted_length(text) == parse_tweet(text).weightedLength


@pytest.mark.parametrize("start", range(0, 0x3000, 0x400))
def test_every_single_character_counts_what_the_library_says(start):
    for code in range(start, start + 0x400):
        text = f"a{chr(code)}b"
        normal = unicodedata.normalize("NFC", text)
        assert weighted_length(text) == parse_tweet(normal).weightedLength, hex(code)
