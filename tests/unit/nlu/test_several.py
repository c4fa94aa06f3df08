"""Where a message is cut, and which of its sections are requests of their own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.parts import MOST_CHARACTERS, MOST_PARTS, parts_of
from bot.nlu.ranking import Ranking, ranking_of
from bot.nlu.several import FIRST, FURTHER, requests_of, spans_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("where is my order? and do you price match", 2),
        ("lamp is late\nrefund me for the rug", 2),
        ("1) headboard is chipped 2) no screws in it", 2),
        ("- any news on FH-901277\n- need a receipt too", 2),
        ("love the rug 😍 can it be washed", 2),
        ("cancel it please, oh and where is my refund", 2),
        ("rug is late btw how do returns work", 2),
        ("does it rust + have you any left", 2),
        ("has it shipped, can I add a pillow", 2),
        ("@fernhollow how much is postage and do you ship abroad", 2),
    ],
)
def test_people_join_requests_in_many_ways(text, parts):
    assert len(parts_of(text)) == parts, parts_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hi",
        "where is my order",
        "salt and pepper mills in black and white",
        "it cost £34.99 not £29.99",
        "@fernhollow hello",
        "Hi. Where is my order",  # one word is no part
    ],
)
def test_one_matter_is_left_whole(text):
    assert parts_of(text) == []


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=400))
def test_any_text_has_few_parts_made_of_its_own_words(text):
    parts = parts_of(text)
    assert len(parts) <= MOST_PARTS
    assert all(word in text for part in parts for word in part.split())


def test_a_very_long_text_is_left_whole():
    assert parts_of("where is it? " * MOST_CHARACTERS) == []


def ranked(label: str, likely: float) -> Ranking:
    return ranking_of({label: likely, "other": 1 - likely})


def read(
    whole: Ranking, *parts: Ranking, asks: bool = False
) -> list[tuple[str, float]]:
    """Put a message together whose longer spans read as nothing in particular."""
    heads = dict.fromkeys(spans_of(len(parts)), ("unclear", 0.2))
    for at, part in enumerate(parts):
        heads[at, at + 1] = part.best(1)[0]
    return requests_of(whole, heads, len(parts), asks=asks)


LATE, REFUND = ranked("delivery_late", 0.95), ranked("refund_request", 0.97)


def test_two_requests_are_seen_and_the_whole_reading_comes_first():
    mixed = ranked("refund_request", 0.5)
    assert read(mixed, LATE, REFUND) == [
        ("refund_request", 0.97),
        ("delivery_late", 0.95),
    ]


def test_three_are_seen_where_each_is_sure():
    found = read(LATE, LATE, REFUND, ranked("opt_out", 0.99))
    assert [label for label, _ in found] == [
        "delivery_late",
        "opt_out",
        "refund_request",
    ]


def test_a_part_that_is_not_sure_does_not_count():
    assert read(LATE, LATE, ranked("refund_request", FURTHER - 0.01)) == [
        ("delivery_late", 0.95)
    ]
    unsure = ranked("delivery_late", FIRST - 0.01)
    assert read(LATE, unsure, REFUND) == [("delivery_late", 0.95)]


def test_nothing_counts_where_no_part_is_what_the_whole_is():
    assert read(ranked("packaging", 0.6), LATE, REFUND) == [("packaging", 0.6)]


def test_parts_that_say_the_same_are_one_request():
    assert read(LATE, LATE, LATE) == [("delivery_late", 0.95)]


def test_words_that_the_model_does_not_know_are_no_request():
    assert read(LATE, LATE, ranked("nlu_fallback", 1.0)) == [("delivery_late", 0.95)]


@pytest.mark.parametrize("manner", ["greet", "thanks", "praise", "chatter"])
def test_manners_are_no_request_beside_one_and_make_it_no_surer(manner):
    kind, unsure = ranked(manner, 0.99), ranked("refund_request", 0.6)
    assert read(unsure, kind, REFUND) == [("refund_request", 0.6)]


@pytest.mark.parametrize("manner", ["greet", "thanks", "praise", "chatter"])
def test_behind_manners_only_a_question_counts(manner):
    kind = ranked(manner, 0.99)
    assert read(kind, kind, REFUND, asks=True) == [("refund_request", 0.97)]
    assert read(kind, kind, REFUND) == [(manner, 0.99)]


def test_manners_alone_stay_what_they_are():
    greeting, praise = ranked("greet", 0.95), ranked("praise", 0.96)
    assert read(greeting, greeting, praise) == [("greet", 0.95)]


def test_an_uncut_message_is_what_the_whole_is():
    assert requests_of(LATE, {}, 0, asks=False) == [("delivery_late", 0.95)]
