"""The decision as a table: every row is a promise to customers and agents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from bot.flow.decide import decide
from bot.model.customer import ThreadState
from bot.model.effect import (
    Converse,
    Decision,
)
from bot.model.event import Outcome
from bot.model.message import Nature
from bot.model.reason import Reason
from tests.builders import (
    NOON,
    POLICY,
    THREAD,
    customer,
    turn,
)
from tests.unit.decisions import (
    CLAIMED,
    OPEN,
    PRIVATE,
    PUBLIC,
    RESOLVED,
    WAITING,
    joined,
    opened,
    said,
)

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


def test_a_closing_word_that_asks_for_more_goes_to_people():
    """ "Is that true?" resembles a yes, and somebody waits for the answer."""
    decision = decide(turn("affirm", needs_reply=0.6), customer(), POLICY, NOON)
    assert (decision.outcome, decision.reason) == (
        Outcome.HANDED_OFF,
        Reason.LOW_CONFIDENCE,
    )


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
    limits = POLICY.thresholds
    upset, surely = (
        decide(turn("faq/stores", sure, **signal), customer(), POLICY, NOON)
        for sure in (limits.answer, limits.answer_careful)
    )
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
