"""What a label is called is one more example of it."""

import pytest

from bot.model.reading import OUT_OF_SCOPE
from bot.nlu.label_names import in_words, named
from bot.nlu.learning import learn

TEXTS = [
    *("it has not come yet", "where is the van", "still waiting for the box"),
    *("somebody got into my profile", "i cannot sign in", "the code is refused"),
]
LABELS = ["delivery_late"] * 3 + ["faq/password_reset"] * 3


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("delivery_late", "delivery late"),
        ("faq/return_how", "return how"),
        ("reverted-card_payment?", "reverted card payment"),
        ("größe", "größe"),
    ],
)
def test_a_label_is_read_as_words(label, words):
    assert in_words(label) == words


def test_names_go_with_their_labels_columns():
    assert named(["a_cat", "faq/dogs"]) == (("a cat", "dogs"), (0, 1))


def test_what_names_no_topic_is_left_out():
    labels = ["12", OUT_OF_SCOPE, "thanks", "faq/_"]
    assert named(labels) == (("thanks",), (2,))


@pytest.mark.parametrize("profile", ["lexical", "cascade"])
def test_a_word_that_stands_in_the_name_alone_is_understood(profile):
    """No example says "password"."""
    model = learn(TEXTS, LABELS, {"profile": profile}).model
    guess = model.guess(["password"], [["password"]])
    best = model.labels[guess.probabilities[0, :-1].argmax()]
    assert best == "faq/password_reset"
    assert guess.known[0] == 1


def test_names_are_learned_and_never_asked_about():
    learned = learn(TEXTS, LABELS, {"profile": "lexical"})
    assert sorted(learned.texts) == sorted(TEXTS)
    assert len(learned.likely) == len(learned.wanted) == len(TEXTS)
