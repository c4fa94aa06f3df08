"""The lines of a card's thread, the calls to people, incidents, and our own ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.slack import ids
from bot.desk.slack.blocks import (
    render_follow_up,
    render_incident,
    render_lapsed,
    render_line,
    render_reopened,
    render_sla_missed,
    render_sla_near,
    render_state,
    render_unclaimed,
    state_of,
)
from bot.desk.slack.ids import ActionId
from bot.model.attachment import Attachment, AttachmentKind
from bot.model.case import AgentId, CaseId, CaseStatus, IncidentId
from bot.model.errand import Errand, ErrandResult
from bot.model.incident import Incident, Summary, Trend
from bot.model.record import Author, Delivery
from bot.ports import ErrandView, IncidentView
from tests.builders import ALICE, NOON, case
from tests.unit.slack_says import only, pressable, says
from tests.unit.test_slack_card import ours, scene, shown, wrote

ANN = AgentId("ann")


def test_a_customer_s_line_says_who_when_and_where():
    line = render_line(wrote(), case(), scene())
    read = says(line.payload)
    assert "@alice" in read
    assert ":globe_with_meridians: <!date^" in read
    assert only(line.payload, "rich_text_quote")
    assert not pressable(line.payload)


@pytest.mark.parametrize(
    ("delivery", "button"),
    [
        (Delivery.QUEUED, ["Undo"]),
        (Delivery.SENDING, []),
        (Delivery.SENT, []),
        (Delivery.REFUSED, ["Retry"]),
        (Delivery.EXPIRED, ["Retry"]),
        (Delivery.UNKNOWN, ["Retry"]),
        (Delivery.WITHHELD, ["Retry"]),
        (Delivery.WITHDRAWN, []),
    ],
)
def test_an_agent_s_line_offers_what_can_still_be_done(delivery, button):
    record = ours(Author.AGENT, delivery, agent="ann")
    line = render_line(record, case(CaseStatus.WAITING), scene())
    assert pressable(line.payload) == button
    of_bot = render_line(ours(Author.BOT, delivery), case(), scene())
    assert pressable(of_bot.payload) == []


def test_a_line_says_what_became_of_our_text_and_why():
    record = ours(Author.AGENT, Delivery.REFUSED, agent="ann", problem="dm_not_allowed")
    read = says(render_line(record, case(), scene()).payload)
    assert "*Ann Bell*" in read
    assert ":warning: refused by the network (dm not allowed)" in read
    sent = render_line(ours(Author.BOT, Delivery.SENT), case(), scene())
    assert ":white_check_mark: delivered" in says(sent.payload)


def test_sending_again_what_may_have_arrived_asks_first():
    def asked(delivery: Delivery) -> bool:
        record = ours(Author.AGENT, delivery, agent="ann")
        (button,) = only(render_line(record, case(), scene()).payload, "button")
        return "confirm" in button

    assert asked(Delivery.UNKNOWN)
    assert not asked(Delivery.REFUSED)


def test_a_note_says_that_it_stays():
    note = wrote("he is furious", author=Author.NOTE, agent="ann")
    read = says(render_line(note, case(), scene()).payload)
    assert "Note by Ann Bell" in read
    assert "stays at the desk" in read


def test_what_its_author_changed_is_marked():
    edited = wrote("where is my SOFA", edited_at=NOON)
    read = says(render_line(edited, case(), scene()).payload)
    assert ":pencil2: edited at <!date^" in read
    assert "where is my SOFA" in read
    deleted = wrote("", edited_at=NOON, deleted_at=NOON)
    read = says(render_line(deleted, case(), scene()).payload)
    assert ":wastebasket: deleted at <!date^" in read
    assert "(deleted by its author)" in read
    assert "edited" not in read


def test_files_are_named_and_linked_below_the_words():
    picture = Attachment(
        kind=AttachmentKind.IMAGE,
        name="torn.jpg",
        url="https://cdn.example/7/torn.jpg",
        alt="a torn jacket",
    )
    said = wrote("look", attachments=(picture,))
    link = "<https://cdn.example/7/torn.jpg|torn.jpg> (a torn jacket)"
    assert link in says(render_line(said, case(), scene()).payload)
    assert link in shown(case(), said)
    odd = replace(picture, url="javascript:alert(1)", name="<!here>.jpg")
    read = says(render_line(wrote(attachments=(odd,)), case(), scene()).payload)
    assert "&lt;!here&gt;.jpg" in read
    assert "javascript" not in read


def test_a_long_text_stands_whole_in_its_line():
    text = "word " * 1999 + "end"
    assert text in says(render_line(wrote(text), case(), scene()).payload)


def test_a_line_changes_only_with_what_it_shows():
    record = ours(Author.AGENT, Delivery.QUEUED, agent="ann")
    later = scene(NOON + timedelta(hours=5))
    before = render_line(record, case(), scene())
    assert render_line(record, case(), later).fingerprint == before.fingerprint
    sent = render_line(replace(record, delivery=Delivery.SENT), case(), scene())
    assert sent.fingerprint != before.fingerprint


@pytest.mark.parametrize(
    ("of", "says_"),
    [
        (case(), "Open for Customer care"),
        (case(reopened=1), "The customer came back: open for Customer care"),
        (case(reopened=1, claimed_at=NOON), "Open for Customer care"),
        (case(CaseStatus.CLAIMED), "Ann Bell has it. The bot is silent"),
        (case(CaseStatus.WAITING), "Ann Bell answered: waiting for the customer"),
        (
            case(CaseStatus.RESOLVED, assignee=ANN, resolution="refunded"),
            "Resolved by Ann Bell: refunded",
        ),
        (case(snoozed_until=NOON), "Put aside until"),
    ],
)
def test_the_thread_is_told_how_the_case_stands(of, says_):
    assert says_ in render_state(of, scene()).text


def test_the_thread_is_told_again_only_when_it_stands_otherwise():
    claimed = case(CaseStatus.CLAIMED)
    assert state_of(claimed) == state_of(replace(claimed, tags=("x",), revision=9))
    for other in (
        replace(claimed, assignee=AgentId("ben")),
        replace(claimed, status=CaseStatus.WAITING),
        replace(claimed, team="press"),
        replace(claimed, snoozed_until=NOON),
        replace(claimed, reopened=1),
    ):
        assert state_of(other) != state_of(claimed)


def test_calls_reach_the_assignee_or_else_whoever_is_here():
    held, unheld = case(CaseStatus.CLAIMED), case(lapsed_from=ANN)
    assert "<!here>" in render_unclaimed(unheld, scene()).text
    assert "has waited 5 min" in render_unclaimed(unheld, scene()).text
    assert "<@U012AB34CD>" in render_sla_near(held, scene()).text
    assert "<!here>" in render_sla_near(unheld, scene()).text
    assert "<@U012AB34CD>" in render_sla_missed(held, scene()).text
    assert "<@U012AB34CD>" in render_lapsed(unheld, scene()).text
    assert "<@U012AB34CD>" in render_follow_up(held, scene()).text
    assert "<@U012AB34CD>" in render_reopened(unheld, scene(), agent=ANN).text
    assert "<!here>" in render_reopened(unheld, scene(), agent=None).text


def incident(**changes: object) -> IncidentView:
    counts = Summary(
        cases=40,
        active=38,
        open=30,
        urgent=1,
        untold=2,
        by_team={"care": 37, "press": 1},
        by_visibility={"public": 35, "private": 3},
        per_minute=6.4,
        trend=Trend.RISING,
    )
    found = Incident(
        id=IncidentId("I-3"),
        founder=CaseId("C-1"),
        customer=ALICE,
        examples=(),
        opened_at=NOON,
        last_at=NOON,
    )
    made = IncidentView(
        incident=found,
        summary=counts,
        title="the website is down",
        examples=("site down", "cannot pay", "error 500", "a fourth"),
    )
    return replace(made, **changes)


def test_an_incident_is_one_card_with_its_count_pace_and_examples():
    read = says(render_incident(incident(), scene()).payload)
    for part in (
        *("40 cases: ", "the website is down", "rising, 6.4 a minute"),
        *("Customer care 37", "Press office 1", "35 public", "site down"),
        *("1 urgent, with a card of its own", "2 customers nobody has told"),
        *("38 cases not resolved, 30 unclaimed", "Answer all…", "Show cases"),
    ):
        assert part in read
    assert "a fourth" not in read


def test_an_incident_says_how_far_an_act_on_all_has_come():
    answering = ErrandView(
        errand=Errand(
            key="k", incident=IncidentId("I-3"), agent=ANN, at=NOON, wordings=("hi",)
        ),
        results={ErrandResult.DONE: 12, ErrandResult.HELD: 2},
        left=24,
    )
    read = says(render_incident(incident(errands=(answering,)), scene()).payload)
    assert "Ann Bell answers all · 12 replies written · 2 left to whoever" in read
    assert "24 to go" in read


def test_an_incident_without_unresolved_cases_offers_nothing():
    over = incident()
    over = replace(
        over,
        incident=replace(over.incident, ended_at=NOON),
        summary=replace(over.summary, active=0, open=0),
    )
    card = render_incident(over, scene())
    assert pressable(card.payload) == []
    assert "Over since" in says(card.payload)


@given(st.dictionaries(st.text(), st.text()))
def test_what_is_packed_comes_back(facts):
    assert ids.unpacked(ids.packed(**facts)) == facts


@pytest.mark.parametrize("value", ["", "x", "[1]", "null", '{"a": 1}'])
def test_what_others_put_there_is_nothing_of_ours(value):
    assert ids.unpacked(value) == {}


def test_blocks_and_fields_tell_what_they_belong_to():
    assert ids.case_of_block(ids.acts_block(CaseId("C-12"), "acts")) == "C-12"
    assert ids.field_of(ids.field_block(ActionId.TEXT)) == "text"
    assert ids.field_of(ids.field_block(ActionId.TEXT, "3")) == "text"


def test_our_messages_are_known_by_their_metadata():
    mark = ids.marked(ids.card_id(CaseId("C-12"), 2))
    assert ids.our_id(mark) == "card:C-12:2"
    assert ids.our_id({"event_type": "other", "event_payload": {"id": "x"}}) is None
    assert ids.our_id({"event_type": "firstline"}) is None
    assert ids.our_id(None) is None
