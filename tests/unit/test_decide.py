"""The decision as a table: every row is a promise to customers and agents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.flow.decide import decide
from bot.model.case import CaseStatus, Priority
from bot.model.customer import ThreadState
from bot.model.effect import (
    Converse,
    Decision,
    EndDialogue,
    JoinCase,
    OpenCase,
    Say,
)
from bot.model.event import Outcome
from bot.model.message import DIRECT, Nature
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

OPEN, CLAIMED = CaseStatus.OPEN, CaseStatus.CLAIMED
WAITING, RESOLVED = CaseStatus.WAITING, CaseStatus.RESOLVED
PUBLIC, PRIVATE = False, True


def said(decision: Decision) -> tuple[str, ...]:
    return tuple(
        part for e in decision.effects if isinstance(e, Say) for part in e.parts
    )


def opened(decision: Decision) -> OpenCase | None:
    return next((e for e in decision.effects if isinstance(e, OpenCase)), None)


def joined(decision: Decision) -> bool:
    return any(isinstance(e, JoinCase) for e in decision.effects)


# fmt: off
TABLE = [
    # label              private  case      outcome              reason                   what the bot says
    ("faq/delivery_cost", PUBLIC,  None,     Outcome.ANSWERED,    Reason.STANDARD_ANSWER,  ("faq/delivery_cost",)),
    ("faq/delivery_cost", PRIVATE, None,     Outcome.ANSWERED,    Reason.STANDARD_ANSWER,  ("faq/delivery_cost",)),
    ("faq/delivery_cost", PRIVATE, OPEN,     Outcome.ANSWERED,    Reason.STANDARD_ANSWER,  ("faq/delivery_cost",)),
    ("faq/delivery_cost", PUBLIC,  OPEN,     Outcome.JOINED,      Reason.CASE_OPEN,        ()),
    ("faq/delivery_cost", PRIVATE, CLAIMED,  Outcome.JOINED,      Reason.CASE_CLAIMED,     ()),
    ("faq/delivery_cost", PUBLIC,  CLAIMED,  Outcome.JOINED,      Reason.CASE_CLAIMED,     ()),
    ("faq/delivery_cost", PUBLIC,  WAITING,  Outcome.JOINED,      Reason.CASE_CLAIMED,     ()),
    ("faq/delivery_cost", PUBLIC,  RESOLVED, Outcome.ANSWERED,    Reason.STANDARD_ANSWER,  ("faq/delivery_cost",)),
    ("greet",             PUBLIC,  None,     Outcome.ANSWERED,    Reason.SMALL_TALK,       ("greet",)),
    ("thanks",            PRIVATE, RESOLVED, Outcome.ANSWERED,    Reason.SMALL_TALK,       ("thanks",)),
    ("thanks",            PRIVATE, OPEN,     Outcome.JOINED,      Reason.CASE_OPEN,        ()),
    ("chatter",           PUBLIC,  None,     Outcome.IGNORED,     Reason.CHATTER,          ()),
    ("spam",              PUBLIC,  None,     Outcome.IGNORED,     Reason.SPAM,             ()),
    ("goodbye",           PRIVATE, None,     Outcome.IGNORED,     Reason.CLOSING,          ()),
    ("human_request",     PUBLIC,  None,     Outcome.HANDED_OFF,  Reason.ASKED_FOR_HUMAN,  ("acknowledge",)),
    ("human_request",     PRIVATE, OPEN,     Outcome.JOINED,      Reason.CASE_OPEN,        ("acknowledge",)),
    ("safety_issue",      PUBLIC,  None,     Outcome.HANDED_OFF,  Reason.SAFETY,           ("acknowledge_safety",)),
    ("legal_threat",      PUBLIC,  None,     Outcome.HANDED_OFF,  Reason.LEGAL_THREAT,     ("acknowledge_legal",)),
    ("press_inquiry",     PUBLIC,  None,     Outcome.HANDED_OFF,  Reason.PRESS,            ("acknowledge_press",)),
    ("job_inquiry",       PRIVATE, None,     Outcome.HANDED_OFF,  Reason.BUSINESS,         ("acknowledge_business",)),
    ("complaint_service", PUBLIC,  None,     Outcome.HANDED_OFF,  Reason.PEOPLE_ONLY,      ("acknowledge_upset",)),
    ("refund_request",    PUBLIC,  None,     Outcome.HANDED_OFF,  Reason.PEOPLE_ONLY,      ("acknowledge", "invite_to_direct")),
    ("refund_request",    PRIVATE, None,     Outcome.HANDED_OFF,  Reason.PEOPLE_ONLY,      ("acknowledge",)),
    ("order_status",      PUBLIC,  None,     Outcome.ASKED,       Reason.INVITED,          ("invite_to_direct",)),
    ("order_status",      PRIVATE, None,     Outcome.ASKED,       Reason.FACT_MISSING,     ()),
    ("order_status",      PRIVATE, OPEN,     Outcome.JOINED,      Reason.CASE_OPEN,        ("acknowledge",)),
    ("order_status",      PUBLIC,  OPEN,     Outcome.JOINED,      Reason.CASE_OPEN,        ()),
    ("opt_out",           PUBLIC,  None,     Outcome.HANDED_OFF,  Reason.OPT_OUT,          ("opt_out",)),
    ("opt_out",           PRIVATE, OPEN,     Outcome.ANSWERED,    Reason.OPT_OUT,          ("opt_out",)),
    ("opt_out",           PRIVATE, CLAIMED,  Outcome.JOINED,      Reason.OPT_OUT,          ()),
]
# fmt: on


@pytest.mark.parametrize(
    ("label", "private", "status", "outcome", "reason", "says"), TABLE
)
def test_what_the_bot_does(label, private, status, outcome, reason, says):
    decision = decide(turn(label, private=private), customer(status), POLICY, NOON)
    assert (decision.outcome, decision.reason) == (outcome, reason)
    assert said(decision) == says


CASES = (None, OPEN, CLAIMED, WAITING, RESOLVED)
CONFIDENCES = (0.1, 0.45, 0.95)


@pytest.mark.parametrize("label", sorted(POLICY.intents))
def test_every_intent_in_every_state_keeps_the_promises(label):
    for confidence, private, status, opted_out in product(
        CONFIDENCES, (PUBLIC, PRIVATE), CASES, (False, True)
    ):
        who = customer(status, opted_out=opted_out)
        decision = decide(turn(label, confidence, private=private), who, POLICY, NOON)
        state = (label, confidence, private, status, opted_out, decision)
        speaks = said(decision) or any(
            isinstance(e, Converse) for e in decision.effects
        )
        if status in (CLAIMED, WAITING):
            assert not speaks, state
            assert decision.outcome in (Outcome.JOINED, Outcome.IGNORED), state
        if opted_out and speaks:
            assert decision.reason is Reason.OPT_IN, state
        if decision.outcome is Outcome.HANDED_OFF:
            assert opened(decision), state
            assert speaks or decision.withheld, state
        if decision.outcome is Outcome.JOINED:
            assert joined(decision), state
        if status == OPEN:
            assert opened(decision) is None, state
        if confidence < 0.3 and decision.outcome is Outcome.ANSWERED:
            pytest.fail(f"answered while unsure: {state}")


@pytest.mark.parametrize("private", [PUBLIC, PRIVATE])
def test_an_unsure_reading_goes_to_people(private):
    decision = decide(
        turn("faq/stores", 0.4, private=private), customer(), POLICY, NOON
    )
    assert decision.reason is Reason.LOW_CONFIDENCE
    assert said(decision) == ("acknowledge",)
    assert opened(decision).team == "care"


def test_unsure_what_but_sure_that_nothing_is_asked_is_left_alone_in_public():
    quiet = {"needs_reply": 0.1}
    public = decide(turn("chatter", 0.4, **quiet), customer(), POLICY, NOON)
    assert (public.outcome, public.reason) == (
        Outcome.IGNORED,
        Reason.NO_REPLY_NEEDED,
    )
    private = decide(
        turn("chatter", 0.4, private=True, **quiet), customer(), POLICY, NOON
    )
    assert private.outcome is Outcome.HANDED_OFF


def test_an_intents_own_threshold_counts_instead_of_the_general_one():
    own = POLICY.rule("out_of_scope").at_least
    above = decide(turn("out_of_scope", own), customer(), POLICY, NOON)
    below = decide(turn("out_of_scope", own - 0.01), customer(), POLICY, NOON)
    assert (above.outcome, above.reason) == (Outcome.ANSWERED, Reason.NOT_OURS)
    assert below.reason is Reason.LOW_CONFIDENCE


def test_a_threshold_is_the_lowest_confidence_that_still_counts():
    edge = POLICY.thresholds.answer
    at = decide(turn("faq/stores", edge), customer(), POLICY, NOON)
    below = decide(turn("faq/stores", edge - 0.001), customer(), POLICY, NOON)
    assert at.outcome is Outcome.ANSWERED
    assert below.outcome is Outcome.HANDED_OFF


def test_words_that_the_model_does_not_know_are_not_trusted():
    decision = decide(
        turn("faq/stores", 0.99, known_words=0.2), customer(), POLICY, NOON
    )
    assert decision.reason is Reason.UNKNOWN_WORDS


@pytest.mark.parametrize("signal", [{"angry": True}, {"asks": False}])
def test_who_is_upset_or_asks_nothing_gets_an_answer_only_if_it_surely_fits(signal):
    upset = decide(turn("faq/stores", 0.9, **signal), customer(), POLICY, NOON)
    surely = decide(turn("faq/stores", 0.95, **signal), customer(), POLICY, NOON)
    assert upset.outcome is Outcome.HANDED_OFF
    assert surely.outcome is Outcome.ANSWERED


def test_the_models_own_fallback_is_never_trusted():
    decision = decide(turn("nlu_fallback", 1.0), customer(), POLICY, NOON)
    assert decision.reason is Reason.UNKNOWN_WORDS


def test_a_foreign_language_goes_to_people_with_a_line_of_its_own():
    ours = turn("faq/stores")
    foreign = replace(
        ours,
        reading=replace(
            ours.reading, signals=replace(ours.reading.signals, language="de")
        ),
    )
    decision = decide(foreign, customer(), POLICY, NOON)
    assert decision.reason is Reason.OTHER_LANGUAGE
    assert said(decision) == ("acknowledge_language",)


def test_one_public_post_an_interaction():
    spoke = customer(threads={THREAD: ThreadState(spoke_at=NOON)})
    before = turn("faq/stores", at=NOON - timedelta(seconds=5))
    after = turn("faq/stores", at=NOON + timedelta(seconds=5))
    silent = decide(before, spoke, POLICY, NOON)
    assert (silent.outcome, silent.withheld) == (
        Outcome.HANDED_OFF,
        Reason.ALREADY_SPOKE,
    )
    assert decide(after, spoke, POLICY, NOON).outcome is Outcome.ANSWERED


def test_a_post_on_its_way_still_belongs_to_the_interaction():
    on_its_way = customer(threads={THREAD: ThreadState(unsent=1)})
    decision = decide(turn("faq/stores"), on_its_way, POLICY, NOON)
    assert decision.withheld is Reason.ALREADY_SPOKE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"summoned": False}, Reason.NOT_SUMMONED),
        ({"at": NOON - POLICY.backlog_limit - timedelta(seconds=1)}, Reason.BACKLOG),
    ],
)
def test_where_the_bot_must_not_speak_people_still_get_the_message(changes, code):
    decision = decide(turn("faq/stores", **changes), customer(), POLICY, NOON)
    assert decision.withheld is code
    assert opened(decision) is not None
    assert not said(decision)


@pytest.mark.parametrize(
    ("nature", "reason"),
    [
        (Nature.OWN, Reason.OWN_POST),
        (Nature.REPOST, Reason.REPOST),
        (Nature.MACHINE, Reason.MACHINE),
    ],
)
@pytest.mark.parametrize("status", [None, OPEN, CLAIMED, RESOLVED])
@pytest.mark.parametrize("text", ["stop", "I was hurt", "some words"])
def test_what_nobody_wrote_to_us_is_ignored_with_its_reason(
    nature, reason, status, text
):
    said_so = turn("human_request", text=text, nature=nature)
    decision = decide(said_so, customer(status), POLICY, NOON)
    assert decision == Decision(outcome=Outcome.IGNORED, reason=reason)


def test_what_cannot_be_read_goes_to_people_without_a_word():
    unreadable = turn(text="", private=True, nature=Nature.ENCRYPTED)
    decision = decide(unreadable, customer(), POLICY, NOON)
    assert (decision.outcome, decision.reason) == (
        Outcome.HANDED_OFF,
        Reason.ENCRYPTED,
    )
    assert opened(decision) is not None
    assert not said(decision)


@pytest.mark.parametrize("status", [OPEN, CLAIMED, WAITING])
def test_what_cannot_be_read_joins_the_case_that_is_there(status):
    unreadable = turn(text="", private=True, nature=Nature.ENCRYPTED)
    decision = decide(unreadable, customer(status), POLICY, NOON)
    assert decision.outcome is Outcome.JOINED
    assert not said(decision)


def test_quiet_mode_silences_the_bot_everywhere():
    quiet = replace(POLICY, quiet=True)
    for private in (PUBLIC, PRIVATE):
        decision = decide(turn("faq/stores", private=private), customer(), quiet, NOON)
        assert decision.withheld is Reason.QUIET_MODE
        assert not said(decision)


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


@pytest.mark.parametrize("text", ["?", "??"])
def test_a_mere_question_mark_in_a_direct_message_reaches_people(text):
    decision = decide(
        turn("greet", 0.1, private=True, text=text), customer(), POLICY, NOON
    )
    assert decision.outcome is Outcome.HANDED_OFF
