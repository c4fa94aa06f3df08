"""What counts as the same matter, and what must not."""

from __future__ import annotations

import pytest

from bot.flow.likeness import alike, matter, shared_words
from tests.builders import POLICY

LIKENESS = POLICY.incidents.likeness

DOWN = (
    "website is down",
    "@fernhollow your website is down",
    "Website down??",
    "@fernhollow hey guys the website is DOWN!!! 😡",
    "@fernhollow is the website down for anyone else?",
    "@fernhollow website down again",
    "the site's down",
    "@fernhollow your website is down since this morning",
    "websiite is down",
    "@fernhollow WEBSITE IS DOOOOWN https://t.co/abc123",
    "RT @someone: website is down @fernhollow",
    "ｗｅｂｓｉｔｅ is d\u200bown",  # wide letters, and one that nobody sees
    "website down, can't order",
)
NOT_DOWN = (
    "the website is great",
    "can I pay with my phone on the website?",
    "website down and my payment was taken twice last night",
    "my parcel is down the wrong street",
    "the checkout is not working",
    "where is my order FH-482913?",
    "is there a shop in Bath?",
    "help!!",
    "@fernhollow",
    "??",
    "",
)
LOGIN = (
    "I can't log in to my account",
    "@fernhollow cant log into my account",
    "hey @fernhollow can’t login to my account!!",
)


@pytest.mark.parametrize("text", DOWN)
def test_near_equal_texts_are_about_the_same_matter(text):
    assert alike(matter(text), [matter(DOWN[0])], likeness=LIKENESS) == [0]


@pytest.mark.parametrize("text", [*NOT_DOWN, *LOGIN])
def test_similar_texts_about_something_else_stay_apart(text):
    assert alike(matter(text), [matter(DOWN[0])], likeness=LIKENESS) == []


@pytest.mark.parametrize("text", LOGIN)
def test_another_storm_is_told_from_the_first(text):
    matters = [matter(DOWN[0]), matter(LOGIN[0])]
    assert alike(matter(text), matters, likeness=LIKENESS) == [1]


def test_what_turns_the_sense_round_is_kept():
    assert matter("I can log in again") != matter("I can not log in again")


def test_order_numbers_and_links_do_not_tell_texts_apart():
    one = "my order FH-482913 arrived broken https://pics.example/1"
    other = "My order FH-110022 arrived broken pics.example/2"
    assert matter(one) == matter(other)


@pytest.mark.parametrize("text", ["help!!", "hello?", "@fernhollow hi", "1234", "😡😡"])
def test_a_text_that_could_be_about_anything_is_like_nothing(text):
    assert matter(text) == ""
    assert alike(matter(text), [matter(text), "website down"], likeness=0.0) == []


def test_a_script_without_spaces_has_a_matter_too():
    assert matter("ウェブサイトが落ちています") != ""


def test_likeness_one_takes_only_equal_matters():
    others = ["website down", "website down again"]
    assert alike("website down", others, likeness=1.0) == [0]


def test_a_very_long_text_is_compared_by_its_beginning():
    long = "the website is down " * 500
    assert len(matter(long)) <= 300


def test_the_words_that_most_texts_share_name_the_matter():
    assert shared_words(DOWN[:6]) == "website down"
    assert shared_words([]) == ""
