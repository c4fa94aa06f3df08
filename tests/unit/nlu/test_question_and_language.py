"""Questions and languages are told only where there is a sign of them."""

import pytest

from bot.nlu.language import language_of
from bot.nlu.normalise import tokens
from bot.nlu.question import Questions


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


QUESTIONS = Questions(
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
    assert QUESTIONS.asked(tokens(text)) is question
