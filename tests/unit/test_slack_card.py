"""The card of a case, as agents see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.desk.slack.blocks import (
    Person,
    Scene,
    render_card,
    render_folded,
    render_moved,
)
from bot.desk.slack.ids import More
from bot.model.case import AgentId, Case, CaseStatus, IncidentId, Priority
from bot.model.message import DIRECT, Profile, Visibility
from bot.model.reading import Request
from bot.model.reason import Reason
from bot.model.record import Author, Delivery, Record
from bot.ports import CaseView
from tests.builders import NOON, POLICY, THREAD, case, reading
from tests.unit.slack_says import only, pressable, says

MINUTE = timedelta(minutes=1)
PEOPLE = {AgentId("ann"): Person("Ann Bell", "U012AB34CD")}
NIGHT = datetime(2026, 11, 18, 23, 0, tzinfo=timezone.utc)
ELSEWHERE = [
    "Assign to…",
    "Hand to team…",
    "Snooze…",
    "Give back to the bot…",
    "Stop automatic messages…",
]
ABOUT = ["Suggested answers", "Customer's history", "Tags…", "Wrong intent…"]


def scene(now: datetime = NOON) -> Scene:
    return Scene(policy=POLICY, now=now, people=PEOPLE)


def wrote(text: str = "where is my parcel", **changes: object) -> Record:
    made = Record(
        id="m1",
        at=NOON - 5 * MINUTE,
        author=Author.CUSTOMER,
        thread=THREAD,
        visibility=Visibility.PUBLIC,
        text=text,
        reading=reading("order_status", 0.4),
    )
    return replace(made, **changes)


def ours(author: Author, delivery: Delivery, **changes: object) -> Record:
    made = wrote(
        "We are looking into it.", id="t1", author=author, delivery=delivery, agent=None
    )
    return replace(made, at=NOON - MINUTE, **changes)


def view(of: Case | None = None, *records: Record, earlier: int = 0) -> CaseView:
    return CaseView(
        case=of or case(),
        records=records or (wrote(),),
        earlier_contacts=earlier,
        alternatives=(Request("refund_status", 0.21), Request("greet", 0.01)),
    )


def shown(of: Case | None = None, *records: Record, now: datetime = NOON) -> str:
    return says(render_card(view(of, *records), scene(now)).payload)


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        (CaseStatus.OPEN, [*ABOUT, "Claim", *ELSEWHERE]),
        (CaseStatus.CLAIMED, [*ABOUT, "Reply…", "Resolve…", "Release", *ELSEWHERE]),
        (CaseStatus.WAITING, [*ABOUT, "Reply…", "Resolve…", "Release", *ELSEWHERE]),
        (CaseStatus.RESOLVED, ABOUT[1:]),
    ],
)
def test_a_card_offers_what_the_case_allows(status, buttons):
    assert pressable(render_card(view(case(status)), scene()).payload) == buttons


@pytest.mark.parametrize(
    ("status", "green"),
    [
        (CaseStatus.OPEN, ["Claim"]),
        (CaseStatus.CLAIMED, ["Reply…"]),
        (CaseStatus.WAITING, ["Resolve…"]),
        (CaseStatus.RESOLVED, []),
    ],
)
def test_only_the_next_step_is_green(status, green):
    card = render_card(view(case(status)), scene()).payload
    buttons = only(card, "button")
    assert [
        one["text"]["text"] for one in buttons if one.get("style") == "primary"
    ] == green


def test_the_menus_offer_everything_that_can_be_done_to_a_case():
    card = render_card(view(case(CaseStatus.CLAIMED)), scene()).payload
    values = [
        one["value"] for menu in only(card, "overflow") for one in menu["options"]
    ]
    assert sorted(values) == sorted(one.value for one in More if one is not More.HIDE)


def test_it_says_who_where_what_why_and_for_whom():
    of = case(
        tags=("delivery",),
        priority=Priority.HIGH,
        priority_reasons=("upset",),
        incident=IncidentId("I-3"),
        learned=("order number FH-482913",),
    )
    profile = Profile(name="Alice Hart", followers=12400)
    card = render_card(replace(view(of, wrote(), earlier=3), profile=profile), scene())
    read = says(card.payload)
    for part in (
        *("@alice", "Alice Hart", "12,400 followers", "wrote 3 times before"),
        *("In public on Simulator", "English", "where is my parcel"),
        *("The model is not sure what is meant", "*Order status* 40%"),
        *(", or Refund status 21%", "High priority: upset", "Customer care"),
        *("#delivery", "C-1000", "part of I-3", "order number FH-482913"),
        *("waiting 5 min", "never leaves"),
    ):
        assert part in read
    assert "Greet" not in read  # too unlikely to be worth a word


def test_candidates_of_a_later_message_about_something_else_are_left_out():
    later = wrote("thanks anyway", id="m2", reading=reading("thanks", 0.9))
    assert "Refund status" not in shown(case(), wrote(), later)
    assert "Refund status" in shown(case(), wrote())


def test_it_says_that_the_customer_gets_nothing_automatic():
    stopped = replace(view(), opted_out=True)
    told = "Gets no automatic messages"
    assert told in says(render_card(stopped, scene()).payload)
    assert told not in shown()


def test_a_first_contact_is_called_one():
    assert "first contact" in shown()


def test_a_corrected_intent_stands_in_place_of_what_the_model_read():
    read = shown(case(corrected_label="refund_status"))
    assert "*Refund status* (corrected)" in read
    assert "Order status" not in read


def test_it_says_whose_turn_it_is():
    assert "unclaimed, waiting 5 min" in shown()
    assert "with Ann Bell, waiting 5 min" in shown(case(CaseStatus.CLAIMED))
    assert "Ann Bell answered, waiting for the customer" in shown(
        case(CaseStatus.WAITING)
    )


def test_the_wait_counts_from_what_the_customer_wrote_after_the_last_answer():
    answered = ours(Author.AGENT, Delivery.SENT, agent="ann")
    again = wrote("and now?", id="m2", at=NOON + 10 * MINUTE)
    read = shown(
        case(CaseStatus.CLAIMED), wrote(), answered, again, now=NOON + 13 * MINUTE
    )
    assert "waiting 3 min" in read


def test_nobody_is_tapped_on_the_shoulder_by_a_card():
    for status in CaseStatus:
        read = shown(case(status, lapsed_from=AgentId("ann")))
        assert "<@" not in read
        assert "<!here>" not in read


def test_an_acknowledgement_that_was_kept_back_is_told_with_its_reason():
    read = shown(case(), wrote(withheld=Reason.QUIET_MODE))
    assert "Nobody has told the customer that we have it" in read
    assert "the bot is switched to quiet" in read
    assert "Nobody has told" not in shown(case(acknowledged=True))
    assert "Nobody has told" not in shown(case(answered_at=NOON))


def test_what_a_claim_came_too_late_to_stop_is_shown():
    sending = ours(Author.BOT, Delivery.SENDING)
    assert "On its way already, from the bot: “We are looking" in shown(
        case(CaseStatus.CLAIMED), wrote(), sending
    )
    sent = ours(Author.BOT, Delivery.SENT)
    assert "On its way" not in shown(case(CaseStatus.CLAIMED), wrote(), sent)


def test_an_answer_that_did_not_arrive_is_told_until_another_one_goes_out():
    lost = ours(Author.AGENT, Delivery.UNKNOWN, agent="ann")
    again = replace(lost, id="t2", delivery=Delivery.SENT)
    of = case(CaseStatus.WAITING)
    assert "did not arrive for sure" in shown(of, wrote(), lost)
    assert "did not arrive for sure" not in shown(of, wrote(), lost, again)


@pytest.mark.parametrize(
    ("after", "says_"),
    [
        (timedelta(minutes=10), "First answer due by <!date^1795006800^{time}|"),
        (timedelta(minutes=52), "*First answer due in 8 min*"),
        (timedelta(minutes=68), "*First answer late by 8 min*"),
    ],
)
def test_the_promise_is_live(after, says_):
    of = case(priority=Priority.HIGH, opened_at=NOON)
    assert says_ in shown(of, now=NOON + after)


def test_a_promise_for_tomorrow_names_the_day():
    of = case(priority=Priority.LOW, opened_at=NOON)
    assert "First answer due by <!date^1795089600^{date_short_pretty} at" in shown(of)


def test_an_answered_case_says_how_fast():
    of = case(CaseStatus.WAITING, answered_at=NOON + 4 * MINUTE)
    assert "First answered in 9 min" in shown(of)


def test_out_of_hours_says_until_when_and_what_the_customer_knows():
    told = shown(case(acknowledged=True), now=NIGHT)
    assert "Out of hours until <!date^" in told
    assert "The customer was told so" in told
    untold = shown(case(), now=NIGHT)
    assert "Out of hours" in untold
    assert "was told so" not in untold
    assert "Out of hours" not in shown()


def test_what_time_has_done_is_told():
    assert "Nobody has taken it in time" in shown(case(unclaimed_at=NOON))
    assert "Ann Bell had it and did not answer" in shown(
        case(lapsed_at=NOON, lapsed_from=AgentId("ann"))
    )
    assert "The customer is silent" in shown(
        case(CaseStatus.WAITING, followed_up_at=NOON)
    )
    assert "Put aside until" in shown(case(snoozed_until=NOON + timedelta(days=1)))
    assert "The customer came back (twice)" in shown(case(reopened=2))


def test_a_resolved_card_is_short():
    of = case(CaseStatus.RESOLVED, resolution="put right", assignee=AgentId("ann"))
    card = render_card(view(of), scene())
    read = says(card.payload)
    assert "resolved by Ann Bell: put right" in read
    assert "where is my parcel" not in read
    assert "Another message brings it back until" in read
    assert len(card.blocks) == 2


def test_a_rating_stands_on_the_resolved_card():
    assert "4 of 5 stars" in shown(case(CaseStatus.RESOLVED, rating=4))
    assert "stars" not in shown(case(CaseStatus.RESOLVED))


def test_a_closed_card_says_that_nothing_reopens_it():
    of = case(CaseStatus.RESOLVED, closed_at=NOON)
    assert "another message makes a new case" in shown(of)


def test_it_changes_no_more_often_than_people_care():
    def mark(minutes: int) -> str:
        return render_card(view(), scene(NOON + minutes * MINUTE)).fingerprint

    assert len({mark(minute) for minute in range(20, 25)}) == 1
    assert mark(1) != mark(2)
    assert mark(24) != mark(25)


def test_a_notification_holds_no_words_of_the_customer_and_no_times():
    early = render_card(view(), scene()).text
    late = render_card(view(), scene(NOON + timedelta(hours=1))).text
    assert early == late
    assert early == (
        "@alice · Order status · unclaimed · normal priority · in public · "
        "The model is not sure what is meant · C-1000"
    )


@pytest.mark.parametrize(
    ("of", "says_"),
    [
        (case(CaseStatus.CLAIMED, assignee=AgentId("ann")), "with Ann Bell"),
        (case(CaseStatus.WAITING, assignee=AgentId("ann")), "waiting for the customer"),
        (case(CaseStatus.RESOLVED, resolution="put right"), "resolved: put right"),
        (case(snoozed_until=NOON + timedelta(days=1)), "put aside"),
        (case(opened_at=NOON - timedelta(hours=5)), "unclaimed · first answer late"),
    ],
)
def test_who_hears_the_card_learns_whose_turn_it_is(of, says_):
    assert f"@alice · Order status · {says_} · " in render_card(view(of), scene()).text


def test_a_customer_s_words_stand_in_rich_text_where_nothing_is_markup():
    hostile = "<!channel> *look* `at` <https://evil.example|your bank>"
    card = render_card(view(case(), wrote(hostile)), scene()).payload
    holders = [block["type"] for block in card["blocks"] if "evil" in says(block)]
    assert holders == ["rich_text"]
    assert hostile in says(card)


def test_a_handle_is_no_markup():
    read = shown(case(CaseStatus.RESOLVED, handle="<!channel>*_~`"))
    assert "<!channel>" not in read
    assert "&lt;!channel&gt;" in read


def test_an_agent_whom_nobody_knows_is_called_by_their_id():
    of = case(CaseStatus.CLAIMED, assignee=AgentId("zoe"))
    assert "with zoe" in shown(of)


def test_a_direct_message_is_told_from_a_public_one():
    private = case(thread=DIRECT, visibility=Visibility.PRIVATE)
    said = wrote("where is it", thread=DIRECT, visibility=Visibility.PRIVATE)
    assert "In a direct message" in shown(private, said)
    assert "n public" not in shown(private, said)


def test_a_card_that_moved_leads_to_the_new_one():
    moved = render_moved(case(team="press"), scene(), url="https://x.slack.com/p1")
    assert "handed to <https://x.slack.com/p1|Press office>" in moved.text
    assert len(moved.blocks) == 1


def test_a_card_that_an_incident_stands_for_names_it():
    folded = render_folded(case(incident=IncidentId("I-3")))
    assert folded.text == ":link: @alice · C-1000 · answered with I-3"


def test_it_leads_to_the_network_s_own_page():
    there = wrote(link="https://network.example/posts/7")
    assert "<https://network.example/posts/7|see it there>" in shown(case(), there)
    odd = wrote(link="javascript:alert(1)|<!here>")
    assert "see it there" not in shown(case(), odd)


def test_what_its_author_deleted_is_not_there_any_more():
    gone = wrote("", deleted_at=NOON)
    assert "(deleted by its author)" in shown(case(), gone)


def test_the_card_names_all_that_was_asked_for():
    asked = replace(
        reading("order_status", 0.4),
        requests=(
            Request("order_status", 0.4),
            Request("refund_request", 0.93),
            Request("faq", 0.91, "return_how"),
        ),
    )
    card = shown(None, wrote(reading=asked))
    assert "Order status* 40%, and Refund request 93%, and" in card
    assert "91%, or Refund status 21%" in card
