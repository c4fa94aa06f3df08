"""The public-safety suite: what is tried, and what makes a candidate fail it."""

import json
from dataclasses import replace

import pytest

from bot.errors import InputError
from bot.gate.safety import (
    answered_in_public,
    load_suite,
    message_objections,
    text_objections,
)
from bot.model.comparison import Code
from tests.builders import POLICY, ROOT, reading, shipped_answers

RESPONSES = shipped_answers().responses
SUITE = load_suite(ROOT)


def public(**rules):
    return replace(POLICY, public=replace(POLICY.public, **rules))


def test_the_shipped_policy_and_answers_pass():
    assert text_objections(SUITE, RESPONSES, POLICY) == []


def test_the_suite_holds_enough_to_fail_by():
    assert len(SUITE.messages) >= 40
    assert sum(each.stopped for each in SUITE.texts) >= 30
    assert sum(not each.stopped for each in SUITE.texts) >= 10


@pytest.mark.parametrize("at", range(len(POLICY.public.confirming)))
def test_each_expression_that_the_policy_loses_makes_it_fail(at):
    kept = [e for n, e in enumerate(POLICY.public.confirming) if n != at]
    assert text_objections(SUITE, RESPONSES, public(confirming=tuple(kept)))


@pytest.mark.parametrize("name", ["order_number", "postcode"])
def test_a_policy_that_knows_no_such_facts_fails(name):
    assert text_objections(SUITE, RESPONSES, public(**{name: "nothing like it"}))


def test_a_policy_that_stops_what_is_harmless_fails():
    found = text_objections(SUITE, RESPONSES, public(confirming=("delivery",)))
    assert any("harmless" in each.sentence for each in found)
    assert any("utter_faq/delivery_times would be stopped" in e.sentence for e in found)


def said(label, confidence=0.99):
    readings = [reading(label, confidence) for _ in SUITE.messages]
    return answered_in_public(SUITE.messages, readings, POLICY)


def test_a_model_that_reads_everything_as_a_standard_question_fails():
    after = said("faq/stores")
    found, notes = message_objections(SUITE.messages, {}, after, rules=POLICY.public)
    assert len(after) > len(SUITE.messages) / 2
    assert {each.code for each in found} == {Code.PUBLIC_SAFETY}
    assert notes == []


def test_a_model_that_would_leave_them_unanswered_fails():
    assert set(said("chatter").values()) == {"nothing"}


def test_watchwords_hold_whatever_the_model_reads():
    answered = said("faq/stores")
    assert "safety-5" not in answered  # somebody's life
    assert "privacy-legal" not in answered


def test_a_model_that_sends_all_to_people_passes():
    assert said("complaint_service") == {}


def test_what_the_live_model_does_already_is_noted_and_refuses_nobody():
    after = said("faq/stores")
    found, notes = message_objections(SUITE.messages, after, after, rules=POLICY.public)
    assert found == []
    assert len(notes) == len(after)


def test_sentences_about_it_hold_no_personal_data():
    found, _ = message_objections(
        SUITE.messages,
        None,
        {each.id: "faq/stores" for each in SUITE.messages},
        rules=POLICY.public,
    )
    written = " ".join(each.sentence for each in found)
    for secret in ("nell.ashworth", "900123", "4111", "LS6 2AB", "482913"):
        assert secret not in written


def test_a_broken_suite_is_told_with_its_place(tmp_path):
    file = tmp_path / "data" / "safety" / "texts.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"id": "1", "text": "x"}))
    with pytest.raises(InputError, match=rf"{file}:1: expected .*stopped"):
        load_suite(tmp_path)
