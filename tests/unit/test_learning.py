"""What is worth a trainer's look, as a table of what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flow.learning import answers_by_itself, lessons, may_teach
from bot.model.case import CaseStatus
from bot.model.event import Event, EventType, Outcome
from bot.model.message import ThreadId, Visibility
from bot.model.reading import Request
from bot.model.reason import Reason
from bot.model.record import Author, Record
from bot.model.review import Cause
from tests.builders import ALICE, NOON, POLICY, case, reading

SURE, DOUBT = 0.97, 0.3
FAQ, OTHER = "faq/delivery_cost", "product_question"


def line(
    label: str = OTHER,
    confidence: float = SURE,
    *,
    outcome: Outcome = Outcome.HANDED_OFF,
    reason: Reason = Reason.PEOPLE_ONLY,
    id_: str = "m1",
    after_s: float = 0,
    text: str = "some words about a kettle",
    **signals: object,
) -> Record:
    return Record(
        id=id_,
        at=NOON + timedelta(seconds=after_s),
        author=Author.CUSTOMER,
        thread=ThreadId("t"),
        visibility=Visibility.PRIVATE,
        text=text,
        reading=reading(label, confidence, **signals),
        outcome=outcome,
        reason=reason.value,
    )


def answered(**changes: object) -> Record:
    return line(FAQ, outcome=Outcome.ANSWERED, reason=Reason.STANDARD_ANSWER, **changes)


def handled(record: Record) -> Event:
    return event(
        EventType.MESSAGE_HANDLED,
        message=record.id,
        outcome=record.outcome.value,
        reason=record.reason,
    )


def event(kind: EventType, **facts: str) -> Event:
    at = NOON + timedelta(hours=1)
    return Event(id="s00-1-0", type=kind, at=at, customer=ALICE, facts=facts)


def causes_of(*records: Record) -> list[tuple[str, Cause]]:
    """Return the findings about `records` because the last one was handled."""
    found = lessons(handled(records[-1]), records, case=None, answers={}, policy=POLICY)
    return [(one.record.id, one.finding.cause) for one in found]


# fmt: off
OF_ONE = [
    # label          sure   outcome              reason                    what it shows
    (OTHER,          SURE,  Outcome.HANDED_OFF,  Reason.PEOPLE_ONLY,       []),
    (OTHER,          DOUBT, Outcome.HANDED_OFF,  Reason.PEOPLE_ONLY,       [Cause.UNSURE]),
    (OTHER,          DOUBT, Outcome.JOINED,      Reason.CASE_CLAIMED,      [Cause.UNSURE]),
    (OTHER,          SURE,  Outcome.HANDED_OFF,  Reason.LOW_CONFIDENCE,    [Cause.UNSURE]),
    (OTHER,          SURE,  Outcome.HANDED_OFF,  Reason.UNKNOWN_WORDS,     [Cause.FITS_NOTHING]),
    (OTHER,          DOUBT, Outcome.HANDED_OFF,  Reason.OTHER_LANGUAGE,    []),
    (OTHER,          DOUBT, Outcome.COALESCED,   Reason.READ_TOGETHER,     []),
    (FAQ,            SURE,  Outcome.ANSWERED,    Reason.STANDARD_ANSWER,   []),
    ("nlu_fallback", SURE,  Outcome.HANDED_OFF,  Reason.LOW_CONFIDENCE,    [Cause.FITS_NOTHING]),
    ("out_of_scope", SURE,  Outcome.HANDED_OFF,  Reason.NOT_OURS,          [Cause.FITS_NOTHING]),
    ("out_of_scope", SURE,  Outcome.IGNORED,     Reason.CHATTER,           []),
    ("spam",         DOUBT, Outcome.IGNORED,     Reason.SPAM,              []),
]
# fmt: on


@pytest.mark.parametrize(("label", "sure", "outcome", "reason", "expected"), OF_ONE)
def test_what_one_message_shows(label, sure, outcome, reason, expected):
    record = line(label, sure, outcome=outcome, reason=reason)
    assert causes_of(record) == [("m1", cause) for cause in expected]


@pytest.mark.parametrize(("label", "sure", "outcome", "reason", "expected"), OF_ONE)
def test_the_transcript_is_read_wherever_it_shows_something(
    label, sure, outcome, reason, expected
):
    """The quick look at the event lets nothing pass that the long one would find."""
    said = handled(line(label, sure, outcome=outcome, reason=reason))
    if expected:
        assert may_teach(said, answered_lately=False)


def test_few_known_words_or_little_that_is_ours_fit_nothing():
    foreign = replace(line(), reading=replace(reading(OTHER, SURE), ours=0.2))
    assert causes_of(foreign) == [("m1", Cause.FITS_NOTHING)]
    assert causes_of(line(known_words=0.1)) == [("m1", Cause.FITS_NOTHING)]


def test_nothing_is_learned_from_what_is_gone_or_was_never_read():
    doubted = line(OTHER, DOUBT)
    for gone in (
        replace(doubted, text="  "),
        replace(doubted, deleted_at=NOON),
        replace(doubted, reading=None),
    ):
        assert causes_of(gone) == []
    assert (
        list(
            lessons(handled(doubted), [], case=None, answers={}, policy=POLICY),
        )
        == []
    )


# -- asked again ---------------------------------------------------------------------

AGAIN_S = POLICY.learning.asked_again.total_seconds()
WORDS = "what do you charge for the post to Wales"
AFTER = [
    ("the same label", {"label": FAQ}, True),
    ("the same words", {"text": "what do you charge for post to Wales??"}, True),
    ("a no", {"label": "deny", "text": "nope"}, True),
    ("a wish for people", {"label": "human_request", "text": "a person"}, True),
    ("anger", {"angry": True, "text": "rubbish"}, True),
    ("something else", {"label": "faq/stores", "text": "any shop in Bath"}, False),
    ("thanks", {"label": "thanks", "text": "lovely"}, False),
    ("too late", {"label": FAQ, "after_s": AGAIN_S + 1}, False),
    ("just in time", {"label": FAQ, "after_s": AGAIN_S}, True),
]


@pytest.mark.parametrize(("what", "changes", "again"), AFTER, ids=[a[0] for a in AFTER])
def test_who_was_helped_by_an_answer_and_who_was_not(what, changes, again):
    del what
    first = answered(text=WORDS)
    later = line(
        **{
            "id_": "m2",
            "after_s": 60,
            "outcome": Outcome.ANSWERED,
            "reason": Reason.STANDARD_ANSWER,
            **changes,
        }
    )
    assert causes_of(first, later) == [("m1", Cause.ASKED_AGAIN)] * again
    assert answers_by_itself(handled(first))
    assert may_teach(handled(later), answered_lately=True)


def test_only_an_answer_of_the_bot_can_have_been_of_no_use():
    first = line(FAQ, outcome=Outcome.HANDED_OFF)
    assert causes_of(first, line(FAQ, id_="m2", after_s=60)) == []


def test_a_burst_before_does_not_hide_the_answer():
    burst = line(outcome=Outcome.COALESCED, reason=Reason.READ_TOGETHER, id_="b")
    found = causes_of(
        answered(), replace(burst, reading=None), answered(id_="m2", after_s=9)
    )
    assert found == [("m1", Cause.ASKED_AGAIN)]


# -- what agents show ----------------------------------------------------------------


def corrected(label: str) -> Event:
    return event(
        EventType.CASE_CHANGED,
        act="correct",
        agent="ann",
        case="C-1000",
        corrected_label=label,
    )


def of_case(happened: Event, *records: Record, offers: str = "", **changes: object):
    about = case(CaseStatus.CLAIMED, label=OTHER, opened_at=NOON, **changes)
    answers = {FAQ: offers} if offers else {}
    return list(lessons(happened, records, case=about, answers=answers, policy=POLICY))


def test_a_correction_is_about_the_message_that_made_the_case():
    before = line("faq/stores", id_="m0")
    later = line("greet", id_="m2", outcome=Outcome.JOINED, after_s=60)
    (found,) = of_case(corrected("stock_question"), before, line(), later)
    assert found.record.id == "m1"
    assert (found.finding.label, found.finding.by) == ("stock_question", "ann")


def test_a_correction_of_what_was_read_right_shows_nothing():
    assert of_case(corrected(OTHER), line()) == []
    assert of_case(corrected(""), line()) == []
    assert may_teach(corrected("stock_question"), answered_lately=False)


def queued(speaker: str = "agent") -> Event:
    facts = {"key": "C-1000:1", "speaker": speaker, "case": "C-1000"}
    return event(EventType.REPLY_QUEUED, **facts)


def agents(text: str, *, id_: str = "C-1000:1", after_s: float = 120) -> Record:
    plain = line(id_=id_, after_s=after_s, text=text)
    return replace(plain, author=Author.AGENT, reading=None, outcome=None, agent="ann")


OFFERED = "Postage within the country costs 3.90, and nothing from 40 on."


@pytest.mark.parametrize(
    ("said", "sure", "rejected"),
    [
        ("We do not ship living plants, I am afraid.", DOUBT, True),
        (OFFERED, DOUBT, False),
        (f"Hello! {OFFERED} Have a good day ^AB", DOUBT, False),
        ("We do not ship living plants, I am afraid.", 0.01, False),
        ("ok!", DOUBT, False),
    ],
)
def test_own_words_reject_the_answer_that_was_offered(said, sure, rejected):
    found = of_case(queued(), line(FAQ, sure), agents(said), offers=OFFERED)
    assert [one.finding.cause for one in found] == [Cause.REJECTED] * rejected
    assert [one.finding.by for one in found] == ["ann"] * rejected


def test_only_the_first_answer_of_an_agent_and_only_an_offered_one_counts():
    words = "We do not ship living plants, I am afraid."
    earlier = agents(words, id_="C-1000:0", after_s=60)
    assert of_case(queued(), line(FAQ), earlier, agents(words), offers=OFFERED) == []
    assert of_case(queued(), line(FAQ), agents(words)) == []
    assert may_teach(queued(), answered_lately=False)
    assert not may_teach(queued("bot"), answered_lately=False)


def test_an_alternative_may_have_been_offered_too():
    guessed = replace(
        line(), reading=replace(reading(OTHER), alternatives=(Request("faq", DOUBT, "delivery_cost"),))
    )  # fmt: skip
    words = "We do not ship living plants, I am afraid."
    assert len(of_case(queued(), guessed, agents(words), offers=OFFERED)) == 1


def test_a_model_in_shadow_that_reads_it_differently_says_how():
    differed = event(EventType.MODELS_DIFFERED, message="m1", label="stock_question")
    (found,) = lessons(differed, [line()], case=None, answers={}, policy=POLICY)
    assert found.finding.cause is Cause.MODELS_DIFFER
    assert found.finding.label == "stock_question"
    assert may_teach(differed, answered_lately=False)
    assert not list(lessons(differed, [], case=None, answers={}, policy=POLICY))


def test_other_events_show_nothing():
    for kind in set(EventType) - {
        EventType.MESSAGE_HANDLED,
        EventType.CASE_CHANGED,
        EventType.REPLY_QUEUED,
        EventType.MODELS_DIFFERED,
    }:
        assert of_case(event(kind, message="m1"), line(OTHER, DOUBT)) == []
        assert not may_teach(event(kind), answered_lately=True)
