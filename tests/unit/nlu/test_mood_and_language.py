"""Tone and language are told only where there is a sign of them."""

import pytest

from bot.nlu.language import language_of
from bot.nlu.mood import MoodWords, mood, shouts
from bot.nlu.normalise import tokens
from bot.nlu.question import QuestionWords, asks

WORDS = MoodWords(
    insisting=("asap", "right now"), angry=("fuming", "😡"), rough=("bloody", "crap")
)


def read(text):
    return mood(text, tokens(text), WORDS)


@pytest.mark.parametrize(
    "text",
    ["Absolutely FUMING", "where is it 😡", "bloody useless!!!", "WHERE IS MY SOFA!!!"],
)
def test_a_strong_sign_or_two_weak_ones_are_anger(text):
    assert read(text).angry


@pytest.mark.parametrize(
    "text",
    ["bloody lovely lamp", "WHERE IS MY SOFA", "is it in?!!", "perfumed candles", ""],
)
def test_one_weak_sign_is_no_anger(text):
    assert not read(text).angry


@pytest.mark.parametrize(("text", "urgent"), [("need it ASAP", True), ("soon", False)])
def test_insisting_words_are_urgent(text, urgent):
    assert read(text).urgent is urgent


def test_an_abbreviation_in_capitals_is_no_shout():
    assert not shouts("FH-482913 came by DPD")
    assert shouts("THIS IS NOT GOOD ENOUGH")


@pytest.mark.parametrize(
    ("text", "common", "language"),
    [
        ("ok cool", 0.0, "und"),
        ("@fernhollow https://t.co/abcdefghijklmnopqrst", 0.0, "und"),
        ("wen r u gna sort dis out bruv its peak", 0.9, "en"),
        ("Wo bleibt meine Bestellung? Ich warte seit zwei Wochen", 0.1, "de"),
        ("Dónde está mi pedido, llevo dos semanas esperando", 0.1, "es"),
        ("注文した商品がまだ届いていません。いつ届きますか？教えてください", 0.0, "ja"),
    ],
)
def test_another_language_needs_letters_and_few_common_words(text, common, language):
    assert language_of(text, home="en", common_words=common) == language


QUESTIONS = QuestionWords(
    openers=("how", "do", "where"),
    polite=("hi", "so"),
    phrases=("how much", "let me know"),
)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("delivery to cork?", True),
        ("hi so how long does it take", True),
        ("pls let me know the cost", True),
        ("no idea HOW MUCH that would be", True),
        ("i know how it works thanks", False),
        ("three weeks and no parcel", False),
        ("", False),
    ],
)
def test_a_question_is_known_by_its_form(text, question):
    assert asks(tokens(text), QUESTIONS) is question
