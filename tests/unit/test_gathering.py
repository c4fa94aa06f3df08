"""What a form learns from each message, and what it never gives away."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.gathering import (
    COMPLETE,
    FAILED,
    GOODBYE,
    MAX_TRIES,
    MAX_TURNS,
    NO_MATCH,
    ORDER_NUMBER,
    SECOND_FACT,
    WISH,
    Gathered,
    Gatherer,
    Heard,
    learned,
)
from bot.knowledge.orders import OrderRecord, OrderState

TODAY = date(2026, 11, 25)
OURS, UNKNOWN = "FH-482913", "FH-999999"
RIGHT, WRONG = "LS6 2AB", "LS6 2AC"
ORDER = OrderRecord(
    number=OURS,
    email="nell@mail.example",
    postcode=RIGHT,
    state=OrderState.PACKED,
    changed_on=TODAY,
)


class Shop:
    """Orders in memory."""

    def __init__(self, *records: OrderRecord) -> None:
        self._records = {record.number: record for record in records}

    def find(self, number, *, today):
        return self._records.get(number)

    def number_in(self, text):
        return None


def play(*messages, wants_wish=False, shop=None):
    """Return what is known after each message; the form ends where it ends."""
    gatherer = Gatherer(orders=shop or Shop(ORDER), today=TODAY, wants_wish=wants_wish)
    states = [Gathered()]
    for message in messages:
        states.append(gatherer.step(states[-1], message))
        if states[-1].requested_slot is None:
            break
    return states[1:]


def says(intent="order_status", number=None, *facts, text="words", dated=False):
    return Heard(text=text, intent=intent, number=number, facts=facts, dated=dated)


START = says()


def test_both_facts_at_once_need_no_question():
    (end,) = play(says("order_status", OURS, RIGHT))
    assert end.verified
    assert end.handoff is None


def test_the_email_proves_as_much_as_the_postcode():
    assert play(START, says("", OURS), says("", None, ORDER.email))[-1].verified


def test_one_right_fact_of_two_given_is_enough():
    (end,) = play(says("order_status", OURS, "old@mail.example", RIGHT))
    assert end.verified


def test_each_missing_fact_is_asked_for():
    asked = [state.requested_slot for state in play(START, says("", OURS))]
    assert asked == [ORDER_NUMBER, SECOND_FACT]


def test_a_fact_that_came_before_the_number_is_kept():
    assert play(says("order_status", None, RIGHT), says("", OURS))[-1].verified


@pytest.mark.parametrize("number", [OURS, UNKNOWN])
def test_a_pair_that_does_not_match_is_asked_for_again_as_a_whole(number):
    state = play(START, says("", number), says("", None, WRONG))[-1]
    assert (state.problem, state.requested_slot) == (NO_MATCH, ORDER_NUMBER)


def test_two_failed_pairs_go_to_people():
    end = play(START, says("", UNKNOWN, RIGHT), says("", UNKNOWN, RIGHT))[-1]
    assert end.handoff == FAILED
    assert learned(end) == (
        f"order number {UNKNOWN} (not verified)",
        f"postcode {RIGHT} (not verified)",
    )


def test_one_corrected_fact_is_tried_with_the_other_one():
    failed = (START, says("", OURS, WRONG))
    assert play(*failed, says("", None, RIGHT))[-1].verified
    failed = (START, says("", UNKNOWN, RIGHT))
    assert play(*failed, says("", OURS))[-1].verified


def test_an_old_half_alone_is_a_correction_on_its_way():
    repeated = play(START, says("", OURS, WRONG), says("", OURS))[-1]
    assert (repeated.requested_slot, repeated.tries) == (SECOND_FACT, 1)
    repeated = play(START, says("", UNKNOWN, RIGHT), says("", None, RIGHT))[-1]
    assert (repeated.requested_slot, repeated.tries) == (ORDER_NUMBER, 1)


def test_two_answers_without_anything_of_use_go_to_people():
    states = play(START, says("deny"), says("chatter"))
    assert [state.problem for state in states[1:]] == ["no_order_number"] * 2
    assert states[-1].handoff == FAILED


def test_small_talk_is_no_failed_try_and_the_question_stays():
    for intent in ("thanks", "greet", "affirm", "bot_challenge"):
        state = play(START, says("", OURS), says(intent))[-1]
        assert (state.tries, state.requested_slot) == (0, SECOND_FACT)


def test_two_machines_do_not_thank_each_other_for_ever():
    states = play(START, *[says("thanks")] * 20)
    assert len(states) == MAX_TURNS
    assert states[-1].handoff == FAILED


def test_a_farewell_ends_the_form_quietly():
    end = play(START, says(GOODBYE))[-1]
    assert (end.problem, end.handoff, end.requested_slot) == (GOODBYE, None, None)


def test_a_farewell_after_a_failed_pair_does_not_give_new_tries():
    end = play(START, says("", OURS, WRONG), says(GOODBYE))[-1]
    assert end.handoff == FAILED


def test_a_wish_is_asked_for_after_the_proof_and_ends_with_people():
    states = play(
        says("delivery_change", text="change my address"),
        says("", OURS),
        says("", None, RIGHT),
        says("", text="to 5 Elm Road please"),
        wants_wish=True,
    )
    asked = [state.requested_slot for state in states]
    assert asked == [ORDER_NUMBER, SECOND_FACT, WISH, None]
    assert states[-1].handoff == COMPLETE
    assert "wish: to 5 Elm Road please" in learned(states[-1])


def test_a_first_message_that_tells_the_wish_is_believed():
    opening = says("delivery_change", OURS, text="bring it on friday", dated=True)
    end = play(opening, says("", None, RIGHT), wants_wish=True)[-1]
    assert end.handoff == COMPLETE
    assert "wish: bring it on friday" in learned(end)


def test_the_postcode_of_a_new_address_is_no_failed_try():
    opening = says("delivery_change", OURS, "LS7 4AA", text="send it to LS7 4AA")
    state = play(opening, wants_wish=True)[-1]
    assert (state.tries, state.requested_slot) == (0, SECOND_FACT)


def test_somebody_known_who_tells_no_wish_still_reaches_people_as_known():
    proven = (says("delivery_change"), says("", OURS, RIGHT))
    end = play(*proven, says("deny"), says("deny"), wants_wish=True)[-1]
    assert (end.handoff, end.verified) == (COMPLETE, True)


def test_all_private_values_are_remembered_to_be_kept_private():
    end = play(START, says("", UNKNOWN, WRONG), says("", OURS, ORDER.email))[-1]
    assert set(end.given) == {UNKNOWN, WRONG, OURS, ORDER.email}


def test_every_failing_problem_has_words_of_its_own():
    domain = (Path(__file__).parents[2] / "domain.yml").read_text(encoding="utf-8")
    for problem in ("no_order_number", "no_second_fact", "no_wish", NO_MATCH):
        assert f"value: {problem}\n" in domain


INTENTS = st.sampled_from(
    ["order_status", "thanks", "deny", "affirm", GOODBYE, "chatter", "faq", ""]
)
MESSAGES = st.lists(
    st.builds(
        lambda intent, number, facts: says(intent, number, *facts),
        INTENTS,
        st.sampled_from([None, OURS, UNKNOWN]),
        st.lists(st.sampled_from([WRONG, "x@mail.example", "T1 1TT"]), max_size=2),
    ),
    max_size=15,
)


@given(MESSAGES, st.booleans())
def test_a_guesser_cannot_tell_whether_an_order_exists(messages, wants_wish):
    """The same wrong guesses lead to the same words, with and without the order."""
    with_order = play(*messages, wants_wish=wants_wish)
    without = play(*messages, wants_wish=wants_wish, shop=Shop())
    assert with_order == without
    assert not any(state.verified for state in with_order)


@given(MESSAGES, st.booleans())
def test_a_form_always_ends(messages, wants_wish):
    states = play(*messages, *[says("thanks")] * MAX_TURNS, wants_wish=wants_wish)
    assert len(states) <= MAX_TURNS
    assert states[-1].requested_slot is None
    assert all(state.tries <= MAX_TRIES for state in states)


@given(MESSAGES, st.booleans())
def test_guesses_are_judged_at_most_twice(messages, wants_wish):
    """Whatever is said in between; a first message with a wish may be one more."""
    judged = []

    class Counting(Shop):
        def find(self, number, *, today):
            judged.append(number)
            return super().find(number, today=today)

    play(*messages, wants_wish=wants_wish, shop=Counting(ORDER))
    assert len(judged) <= MAX_TRIES + wants_wish


def test_a_gathering_is_never_changed_in_place():
    before = Gathered()
    Gatherer(orders=Shop(ORDER), today=TODAY).step(before, says("", OURS, RIGHT))
    assert before == replace(before) == Gathered()
