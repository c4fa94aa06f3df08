"""What the shipped sentences claim and advise: only what is true and surely safe."""

import re

import pytest

from bot.model.message import Visibility
from tests.builders import shipped_answers

BOTH = (Visibility.PUBLIC, Visibility.PRIVATE)


@pytest.fixture(scope="module")
def answers():
    return shipped_answers()


def wordings(answers, name):
    found = [
        w.text for visibility in BOTH for w in answers.responses.of(name, visibility)
    ]
    assert found
    return found


def test_whoever_reports_a_danger_is_told_to_call_999(answers):
    assert all("999" in text for text in wordings(answers, "acknowledge_safety"))


def test_no_advice_on_a_danger_makes_anybody_handle_the_item(answers):
    """Touching a plug or a switch is wrong near gas, fire and water."""
    handling = re.compile(r"unplug|switch|turn (it )?off|put it aside|doctor", re.I)
    for text in wordings(answers, "acknowledge_safety"):
        assert not handling.search(text), text


@pytest.mark.parametrize("name", ["suggestion", "praise", "bot_challenge"])
def test_small_talk_does_not_claim_that_anybody_was_told(answers, name):
    """No person sees a message that gets one of these."""
    claim = re.compile(r"\bpass|\blist\b|read along|will read|goes to|noted", re.I)
    for text in wordings(answers, name):
        assert not claim.search(text), text
