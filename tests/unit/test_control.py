"""Stop and start: silence at once, speech only if nothing newer forbids it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.flow.control import by_wish
from bot.flow.decide import decide
from bot.model.case import CaseStatus, Priority
from bot.model.customer import Customer
from bot.model.effect import Decision, SetOptOut, Turn
from bot.model.event import Outcome
from bot.model.reason import Reason
from tests.builders import NOON, POLICY, customer, message, reading, turn
from tests.unit.decisions import opened, said

LATER = NOON + timedelta(minutes=1)


def wanted(decision: Decision) -> bool | None:
    """Return whether the decision ends automatic contact; None if it leaves it."""
    return next(
        (e.opted_out for e in decision.effects if isinstance(e, SetOptOut)), None
    )


def who_stopped(at: datetime = NOON) -> Customer:
    return customer(opted_out=True, stopped_at=at)


def burst(*texts: str, label: str = "greet", **signals: object) -> Turn:
    """Several direct messages that are read together."""
    return Turn(
        messages=tuple(
            message(text, id=f"b{n}", private=True) for n, text in enumerate(texts)
        ),
        reading=reading(label, 0.9, **signals),
    )


@pytest.mark.parametrize("text", ["stop", "STOP!!", "@fernhollow stop", "Unsubscribe."])
def test_stop_words_are_obeyed_whatever_the_model_reads(text):
    decision = decide(turn("faq/newsletter", text=text), customer(), POLICY, NOON)
    assert SetOptOut(opted_out=True, at=NOON) in decision.effects


def test_after_stop_there_is_silence_and_people_still_see_what_matters():
    again = decide(turn("opt_out", text="stop"), who_stopped(), POLICY, NOON)
    assert again.outcome is Outcome.IGNORED
    assert not said(again)
    question = decide(turn("faq/stores"), who_stopped(), POLICY, NOON)
    assert question.outcome is Outcome.HANDED_OFF
    assert question.withheld is Reason.OPTED_OUT
    assert not said(question)


def test_start_lifts_the_silence_and_says_so():
    start = turn("opt_in", text="start", at=LATER)
    decision = decide(start, who_stopped(), POLICY, LATER)
    assert wanted(decision) is False
    assert said(decision) == ("opt_in",)


def test_whom_an_agent_silenced_can_lift_that_themselves():
    start = turn("opt_in", text="start", at=LATER)
    decision = decide(start, customer(opted_out=True), POLICY, LATER)
    assert wanted(decision) is False


@pytest.mark.parametrize("written", [NOON - timedelta(days=9), NOON])
def test_a_start_that_comes_late_is_no_consent(written):
    """A network may deliver it late, and a dead letter is read again days later."""
    start = turn("opt_in", text="start", at=written)
    decision = decide(start, who_stopped(NOON), POLICY, LATER)
    assert decision.reason is Reason.OPTED_OUT_REPEAT
    assert wanted(decision) is not False
    assert not said(decision)


def test_what_stands_beside_a_start_that_comes_late_reaches_people():
    late = burst("my bunk bed collapsed", "start", label="safety_issue")
    decision = decide(late, who_stopped(LATER), POLICY, LATER)
    assert opened(decision).priority is Priority.URGENT
    assert not said(decision)


def test_to_ask_again_for_silence_makes_what_was_written_before_it_no_consent():
    silent = who_stopped(NOON)
    again = decide(turn("opt_out", text="stop", at=LATER), silent, POLICY, LATER)
    assert SetOptOut(opted_out=True, at=LATER) in again.effects
    assert silent.having_stopped(LATER).stopped_at == LATER
    assert silent.having_stopped(NOON - timedelta(days=1)).stopped_at == NOON


@pytest.mark.parametrize(
    "texts", [("stop", "thanks"), ("thanks", "STOP"), ("stop", "ok bye")]
)
def test_stop_counts_in_any_message_of_a_burst(texts):
    decision = decide(burst(*texts, label="thanks"), customer(), POLICY, NOON)
    assert wanted(decision) is True
    assert opened(decision) is None


def test_what_else_a_burst_with_stop_holds_still_reaches_people():
    stop = burst("my bunk bed collapsed", "stop", label="safety_issue")
    decision = decide(stop, customer(), POLICY, NOON)
    assert wanted(decision) is True
    assert opened(decision).priority is Priority.URGENT


def test_a_question_about_stopping_is_no_opt_out():
    decision = decide(turn("opt_out", 0.99, asks=True), customer(), POLICY, NOON)
    assert wanted(decision) is None
    assert opened(decision) is not None


def test_consent_is_never_guessed():
    guessed = turn("opt_in", 1.0, text="you can start by refunding me")
    decision = decide(guessed, customer(opted_out=True), POLICY, NOON)
    assert wanted(decision) is None
    assert opened(decision) is not None


@pytest.mark.parametrize("status", [None, *CaseStatus])
def test_of_several_threads_stop_comes_first_and_start_before_what_is_asked(status):
    """Whatever the customer's state is: one who stopped long ago may stop again."""
    question, start = turn("faq/stores"), turn("faq/stores", text="start")
    stop, guessed = turn("faq/stores", text="stop"), turn("opt_out", 0.99)
    silent = customer(status, opted_out=True)
    first, others = by_wish([question, start, guessed, stop], silent, POLICY, NOON)
    assert first == [guessed, stop]
    assert others == [start, question]
