"""What is a trainer's own sentence, and what a customer's with a word changed."""

from __future__ import annotations

import pytest

from bot.flow.own_words import copied

POST = "hello @fernhollow any chance you lot wrap presents? its for my nan <email>"


@pytest.mark.parametrize(
    "text",
    [
        POST,
        "Hello any chance you lot wrap presents? It's for my nan",
        "any chance you lot wrap my gift",  # five words in a row
        "ANY CHANCE YOU LOT WRAP PRESENTS",
        "any chance you lot wrap [presents](product)?",
        "any chance you\u200b lot wrap presents",  # nobody sees what is between them
        "hello any chance that you wrap presents its for nan",
    ],
)
def test_a_sentence_with_the_customers_words_is_a_copy(text):
    assert copied(text, POST)


@pytest.mark.parametrize(
    "text",
    [
        "do you do gift wrapping",
        "is there a way to have it arrive in paper with a bow on",
        "hello @fernhollow",
        "",
        "🎁?",
    ],
)
def test_a_sentence_of_ones_own_is_none(text):
    assert not copied(text, POST)


def test_a_message_of_very_few_words_belongs_to_nobody():
    assert copied("Where is my order?", "where is my order")
    assert not copied("hi, where is my order please", "where is my order")


def test_what_is_hidden_does_not_count_as_words():
    assert not copied("email me about the rug", "<email>")
