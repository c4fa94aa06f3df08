"""The decision about dialogues, about cases and about danger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flow.decide import decide
from bot.model.case import Priority
from bot.model.customer import ThreadState
from bot.model.effect import (
    Converse,
    EndDialogue,
    JoinCase,
)
from bot.model.event import Outcome
from bot.model.message import DIRECT
from bot.model.policy import Handling
from bot.model.reading import Entity, Request
from bot.model.reason import Reason
from tests.builders import (
    NOON,
    POLICY,
    THREAD,
    case,
    customer,
    order_number,
    turn,
)
from tests.unit.decisions import CLAIMED, OPEN, RESOLVED, opened, said


def test_personal_data_in_public_get_an_invitation_and_a_person():
    decision = decide(
        turn("faq/delivery_times", personal_data=("email",)), customer(), POLICY, NOON
    )
    assert decision.reason is Reason.PERSONAL_DATA
    assert said(decision) == ("acknowledge", "invite_to_direct")


def test_nobody_is_invited_twice_in_one_thread():
    invited = customer(threads={THREAD: ThreadState(invited=True)})
    decision = decide(turn("order_status"), invited, POLICY, NOON)
    assert decision.outcome is Outcome.HANDED_OFF


def test_the_first_direct_message_after_an_invitation_starts_the_dialogue():
    invited = customer(invited_for="refund_status", invited_at=NOON)
    decision = decide(
        turn("greet", private=True, entities=(order_number(),)), invited, POLICY, NOON
    )
    assert decision.effects == (Converse("refund_status"),)


def test_a_running_dialogue_takes_the_next_direct_message():
    running = customer(dialogue="{}", dialogue_at=NOON - timedelta(minutes=1))
    decision = decide(turn("deny", 0.5, private=True), running, POLICY, NOON)
    assert isinstance(decision.effects[0], Converse)


@pytest.mark.parametrize("kind", ["order_number", "email", "postcode"])
@pytest.mark.parametrize("label", ["nlu_fallback", "legal_threat", "damaged_item"])
def test_an_answer_in_a_dialogue_is_taken_as_one_whatever_it_resembles(kind, label):
    running = customer(dialogue="{}", dialogue_at=NOON)
    answer = turn(label, 0.99, private=True, entities=(Entity(kind, "x", 0, 1),))
    decision = decide(answer, running, POLICY, NOON)
    assert isinstance(decision.effects[0], Converse)


def test_words_that_say_nothing_in_a_dialogue_stay_in_it():
    running = customer(dialogue="{}", dialogue_at=NOON)
    for label, confidence in (("nlu_fallback", 1.0), ("delivery_missing", 0.8)):
        decision = decide(turn(label, confidence, private=True), running, POLICY, NOON)
        assert isinstance(decision.effects[0], Converse)


def test_a_clear_change_of_topic_leaves_the_dialogue():
    running = customer(dialogue="{}", dialogue_at=NOON)
    decision = decide(turn("damaged_item", 0.95, private=True), running, POLICY, NOON)
    assert decision.outcome is Outcome.HANDED_OFF


def test_a_dialogue_that_went_to_sleep_is_not_woken():
    asleep = customer(
        dialogue="{}",
        dialogue_at=NOON - POLICY.dialogue_timeout - timedelta(seconds=1),
    )
    decision = decide(turn("faq/stores", private=True), asleep, POLICY, NOON)
    assert said(decision) == ("faq/stores",)


@pytest.mark.parametrize("label", ["human_request", "legal_threat", "safety_issue"])
def test_a_person_is_never_further_away_than_one_sentence(label):
    running = customer(dialogue="{}", dialogue_at=NOON)
    decision = decide(turn(label, 0.5, private=True), running, POLICY, NOON)
    assert decision.outcome is Outcome.HANDED_OFF
    assert EndDialogue() in decision.effects


def test_a_new_matter_soon_after_resolving_reopens_the_case():
    decision = decide(turn("damaged_item"), customer(RESOLVED), POLICY, NOON)
    assert opened(decision).reopen == "C-1000"


def test_long_after_resolving_it_is_a_new_case():
    old = NOON - POLICY.reopen_within - timedelta(seconds=1)
    who = customer(case=case(RESOLVED, resolved_at=old))
    assert opened(decide(turn("damaged_item"), who, POLICY, NOON)).reopen is None


def test_a_graver_message_lifts_the_open_case():
    decision = decide(turn("safety_issue"), customer(OPEN), POLICY, NOON)
    (join,) = [e for e in decision.effects if isinstance(e, JoinCase)]
    assert join.priority is Priority.URGENT
    assert join.team == POLICY.rule("safety_issue").team


def test_a_held_case_changes_its_priority_but_never_its_team():
    decision = decide(turn("safety_issue"), customer(CLAIMED), POLICY, NOON)
    (join,) = [e for e in decision.effects if isinstance(e, JoinCase)]
    assert (join.priority, join.team) == (Priority.URGENT, None)


def test_anger_and_urgency_raise_the_priority_with_reasons():
    calm = opened(decide(turn("damaged_item"), customer(), POLICY, NOON))
    upset = opened(
        decide(turn("damaged_item", angry=True, urgent=True), customer(), POLICY, NOON)
    )
    assert upset.priority == calm.priority - 1
    assert set(upset.priority_reasons) >= {"upset", "says it is urgent"}


@pytest.mark.parametrize("text", ["", "   ", "@fernhollow", "🙃🙃", "?!"])
def test_what_has_no_words_is_ignored(text):
    decision = decide(turn("greet", 0.1, text=text), customer(), POLICY, NOON)
    assert (decision.outcome, decision.reason) == (Outcome.IGNORED, Reason.EMPTY)


def test_a_bare_link_may_be_a_picture_and_is_shown_to_people():
    decision = decide(
        turn("greet", 0.1, text="@fernhollow https://t.co/x"), customer(), POLICY, NOON
    )
    assert (decision.outcome, decision.reason) == (Outcome.HANDED_OFF, Reason.EMPTY)


def test_after_a_dead_letter_people_take_over():
    decision = decide(turn("faq/stores"), customer(earlier_dead=True), POLICY, NOON)
    assert decision.reason is Reason.EARLIER_DEAD
    assert opened(decision) is not None


def test_the_policy_gives_every_intent_a_way():
    handlings = {rule.handling for rule in POLICY.intents.values()}
    assert handlings == set(Handling)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I just want to end my life", Reason.SAFETY),
        ("the heater is smoking, what do I do", Reason.SAFETY),
        ("I can see someone else's order in my account", Reason.DATA_RIGHTS),
        ("under GDPR article 15 send me all data", Reason.DATA_RIGHTS),
    ],
)
def test_watchwords_bring_people_whatever_the_model_reads(text, reason):
    decision = decide(turn("faq/privacy", 0.99, text=text), customer(), POLICY, NOON)
    assert decision.reason is reason
    assert opened(decision).team == "trust"


def test_danger_as_a_second_guess_is_danger():
    unsure = turn("product_question", 0.5)
    second = replace(
        unsure,
        reading=replace(unsure.reading, alternatives=(Request("safety_issue", 0.3),)),
    )
    assert decide(second, customer(), POLICY, NOON).reason is Reason.SAFETY


def test_new_danger_in_an_open_case_is_acknowledged_once():
    calm = customer(OPEN)
    first = decide(turn("safety_issue"), calm, POLICY, NOON)
    assert said(first) == ("acknowledge_safety",)
    lifted = customer(case=case(OPEN, priority=Priority.URGENT))
    assert said(decide(turn("safety_issue"), lifted, POLICY, NOON)) == ()


def test_an_urgent_case_gets_no_standard_answers():
    urgent = customer(case=case(OPEN, priority=Priority.URGENT))
    decision = decide(turn("faq/delivery_areas", private=True), urgent, POLICY, NOON)
    assert decision.outcome is Outcome.JOINED


def test_who_was_asked_to_write_directly_is_not_met_with_silence():
    first = decide(turn("damaged_item", private=True), customer(OPEN), POLICY, NOON)
    assert said(first) == ("acknowledge",)
    heard = customer(OPEN, threads={DIRECT: ThreadState(spoke_at=NOON)})
    assert said(decide(turn("damaged_item", private=True), heard, POLICY, NOON)) == ()


def test_after_three_failed_proofs_people_take_over():
    failed = customer(failed_lookups=(NOON, NOON, NOON))
    decision = decide(turn("order_status", private=True), failed, POLICY, NOON)
    assert decision.reason is Reason.DIALOGUE_FAILED
    later = NOON + timedelta(days=1, seconds=1)
    again = decide(turn("order_status", private=True, at=later), failed, POLICY, later)
    assert isinstance(again.effects[0], Converse)


def test_a_mistyped_postcode_is_no_legal_threat():
    running = customer(dialogue="{}", dialogue_at=NOON)
    decision = decide(
        turn("legal_threat", 0.97, private=True, text="LS6 2AC"), running, POLICY, NOON
    )
    assert isinstance(decision.effects[0], Converse)


def test_an_old_invitation_is_forgotten():
    old = NOON - POLICY.backlog_limit - timedelta(seconds=1)
    invited = customer(invited_for="order_status", invited_at=old)
    decision = decide(turn("greet", private=True), invited, POLICY, NOON)
    assert said(decision) == ("greet",)


def test_thanks_said_in_anger_are_none():
    decision = decide(turn("thanks", angry=True), customer(), POLICY, NOON)
    assert decision.outcome is Outcome.HANDED_OFF


@pytest.mark.parametrize("private", [True, False])
def test_who_thanks_and_still_waits_for_an_answer_reaches_people(private):
    asking = turn("thanks", 0.8, private=private, needs_reply=0.6)
    decision = decide(asking, customer(), POLICY, NOON)
    assert (decision.outcome, decision.reason) == (
        Outcome.HANDED_OFF,
        Reason.LOW_CONFIDENCE,
    )
    assert said(decision) == ("acknowledge",)


@pytest.mark.parametrize("text", ["?", "??"])
def test_a_mere_question_mark_in_a_direct_message_reaches_people(text):
    decision = decide(
        turn("greet", 0.1, private=True, text=text), customer(), POLICY, NOON
    )
    assert decision.outcome is Outcome.HANDED_OFF
