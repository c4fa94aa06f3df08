"""What people write on their phones becomes the words they meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.normalise import NOT_WORDS, tokens


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Where’s my ORDER", ["wheres", "my", "order"]),
        ("soooo pleeease!", ["so", "please", "!"]),
        ("@fernhollow hi https://t.co/x1", ["hi", "_link_"]),
        ("mail joe.b@mail.co.uk", ["mail", "_email_"]),
        ("order FH-482913 and #482913", ["order", "_code_", "and", "482913"]),
        ("£34.99 for 2 of 15", ["_money_", "for", "2", "of", "_number_"]),
        ("#WorstServiceEver", ["worst", "service", "ever"]),
        ("can u msg me pls", ["can", "you", "message", "me", "please"]),
        ("tea &amp; toast 👍🏽", ["tea", "toast", "👍"]),
        ("𝐡𝐞𝐥𝐩 ﬁne", ["help", "fine"]),
        ("", []),
        ("\u200b\u202e", []),
    ],
)
def test_spelling_of_the_phone_age_is_undone(written, meant):
    assert tokens(written) == meant


def test_what_identifies_somebody_never_becomes_a_word():
    found = tokens("joe@mail.com FH-482913 07700900123 @joe https://x.y/joe")
    assert set(found) <= NOT_WORDS


@given(st.text(max_size=10_000))
def test_any_text_has_tokens_without_spaces(text):
    assert all(token and not token.isspace() for token in tokens(text))
