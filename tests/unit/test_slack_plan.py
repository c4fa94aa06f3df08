"""What is written to Slack follows from the case and the book alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk.slack.client import Workspace
from bot.desk.slack.drawing import Pencil
from bot.desk.slack.failures import Slowed
from bot.desk.slack.pace import LOOK_UP, POST, UPDATE, Pace
from bot.desk.slack.plan import (
    MOST_LINES,
    Home,
    Plan,
    plan_case,
    state_of,
)
from bot.desk.slack.routes import home_of_case
from bot.errors import TemporaryFailure
from bot.model.case import AgentId, CaseStatus, IncidentId, Priority
from bot.model.message import DIRECT, Visibility
from bot.model.record import Author, Delivery, Record
from bot.ports import CaseView
from bot.ports.chat import OwnId, Page, Place, Posted
from tests.builders import NOON, POLICY, case

ANNA = AgentId("anna")
HERE = Home(workspace="T1", channel="C0CARE")
CARD = Place("T1", "C0CARE", "17.1")
PENCIL = Pencil(Workspace("T1", "https://x.slack.com/", "U1"), POLICY, NOON)


def record(number: int, **changes: object) -> Record:
    made = Record(
        id=f"m{number}",
        at=NOON + timedelta(seconds=number),
        author=Author.CUSTOMER,
        thread=DIRECT,
        visibility=Visibility.PRIVATE,
        text=f"words {number}",
    )
    return replace(made, **changes)


def view(*records: Record, **changes: object) -> CaseView:
    made = case(**changes)
    return CaseView(case=made, records=records, earlier_contacts=0)


def shown(of: CaseView, **changes: object) -> Page:
    """Return the page of a case that Slack shows as it is."""
    lines = {
        OwnId(f"line:C-1000:1:{one.id}"): Posted(
            f"18.{n}", PENCIL.line(of.case, one).digest
        )
        for n, one in enumerate(of.records)
    }
    page = Page(
        card=CARD,
        digest=PENCIL.card(of).digest,
        lines=lines,
        begins=NOON - timedelta(days=1),
        since=NOON,
        told=state_of(of.case),
    )
    return replace(page, **changes)


def planned(of: CaseView, page: Page, home: Home = HERE) -> Plan:
    return plan_case(of, page, home, PENCIL)


def test_what_is_shown_needs_nothing():
    one = view(record(1), record(2))
    assert planned(one, shown(one)).is_empty


def test_a_new_case_needs_its_card_before_anything_else():
    plan = planned(view(record(1)), Page())
    assert [post.id for post in plan.posts] == ["card:C-1000:1"]
    assert plan.posts[0].thread == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"status": CaseStatus.RESOLVED},
        {"incident": IncidentId("I-3")},
    ],
)
def test_what_nobody_needs_to_see_gets_no_card(changes):
    assert planned(view(record(1), **changes), Page()).is_empty


def test_an_urgent_case_of_an_incident_keeps_its_card():
    one = view(record(1), incident=IncidentId("I-3"), priority=Priority.URGENT)
    assert planned(one, Page()).posts


def test_lines_come_in_their_order_and_only_those_that_are_missing():
    one = view(record(1), record(2), record(3))
    page = shown(view(record(1)), digest=PENCIL.card(one).digest)
    posts = planned(one, page).posts
    assert [post.id for post in posts] == ["line:C-1000:1:m2", "line:C-1000:1:m3"]
    assert {post.thread for post in posts} == {CARD.ts}


def test_a_long_past_is_not_poured_into_the_thread():
    one = view(*(record(n) for n in range(MOST_LINES * 3)))
    (card,) = planned(one, Page()).posts
    page = Page(card=CARD, begins=card.begins, since=NOON)
    posts = [post for post in planned(one, page).posts if post.kind == "line"]
    assert len(posts) == MOST_LINES
    assert posts[-1].id == f"line:C-1000:1:m{MOST_LINES * 3 - 1}"


def test_what_became_of_a_text_changes_its_line_where_it_stands():
    text = record(2, author=Author.AGENT, agent=ANNA, delivery=Delivery.QUEUED)
    one = view(record(1), text)
    sent = view(record(1), text.delivered(Delivery.SENT))
    plan = planned(sent, shown(one, digest=PENCIL.card(sent).digest))
    assert not plan.posts
    (change,) = plan.changes
    assert (change.line, change.place.ts) == ("line:C-1000:1:m2", "18.1")


def test_a_change_of_hands_is_told_once():
    one = view(record(1), status=CaseStatus.CLAIMED)
    page = shown(one, told=state_of(case()))
    (post,) = planned(one, page).posts
    assert post.told == state_of(one.case)
    assert planned(one, replace(page, told=post.told)).is_empty


def test_waiting_for_the_customer_is_no_change_of_hands():
    held = view(status=CaseStatus.CLAIMED, assignee=ANNA)
    waiting = view(status=CaseStatus.WAITING, assignee=ANNA)
    assert state_of(held.case) == state_of(waiting.case)


def test_another_channel_means_another_card():
    one = view(record(1))
    elsewhere = Home(workspace="T1", channel="C0LEGAL")
    plan = planned(one, shown(one), elsewhere)
    assert plan.replaces
    assert not plan.gone


def test_a_resolved_case_stays_where_it_is_though_its_channel_changed():
    one = view(record(1), status=CaseStatus.RESOLVED)
    assert not planned(one, shown(one), Home(workspace="T1", channel="C0")).replaces


def test_in_another_workspace_the_old_card_is_gone():
    one = view(record(1))
    plan = planned(one, shown(one), Home(workspace="T2", channel="C0CARE"))
    assert plan.replaces
    assert plan.gone


def test_a_card_whose_incident_answers_for_it_shrinks_and_its_thread_is_quiet():
    one = view(record(1), record(2), incident=IncidentId("I-3"))
    plan = planned(one, shown(view(record(1))))
    assert not plan.posts
    assert "I-3" in str(plan.changes[0].drawing.message)


def test_later_messages_of_the_customer_belong_to_their_next_case():
    closed = {"status": CaseStatus.RESOLVED, "closed_at": NOON + timedelta(seconds=5)}
    one = view(record(1), record(9), **closed)
    assert [
        post.id
        for post in planned(one, shown(view(), digest="")).posts
        if post.kind == "line"
    ] == ["line:C-1000:1:m1"]


def test_equal_nouns_give_equal_digests():
    one = view(record(1))
    assert PENCIL.card(one).digest == PENCIL.card(view(record(1))).digest


def test_a_note_that_was_written_in_the_thread_is_not_repeated_there():
    key = f"message:slack:{CARD.workspace}:{CARD.channel}:{CARD.ts}:19.5"
    note = record(2, author=Author.NOTE, agent=ANNA, id=f"C-1000:{key}")
    one = view(note)
    assert not planned(one, shown(view(), digest=PENCIL.card(one).digest)).posts
    moved = shown(view(), card=Place("T1", "C0CARE", "99.1"))
    assert [post.kind for post in planned(one, moved).posts] == ["line"]


# -- where, and how fast -----------------------------------------------------------


def desk(**changes: object):
    return replace(POLICY, desk=replace(POLICY.desk, **changes))


def test_a_case_goes_to_the_channel_of_what_it_is_about_until_people_move_it():
    team = POLICY.rule("order_status").team
    policy = desk(channels={"care": "#care"}, intents={"order_status": "#orders"})
    assert home_of_case(case(team=team), policy) == "#orders"
    assert home_of_case(case(team="elsewhere"), policy) == "#care"


def test_without_any_channel_it_is_said_what_to_write():
    with pytest.raises(TemporaryFailure, match=r"desk\.channels\.care"):
        home_of_case(case(), desk(channels={}, intents={}))


def test_one_post_a_second_in_each_channel():
    pace = Pace()
    pace.use(POST, "C1", NOON)
    assert not pace.is_free(POST, "C1", NOON + timedelta(milliseconds=900))
    assert pace.is_free(POST, "C1", NOON + timedelta(seconds=1))
    assert pace.is_free(POST, "C2", NOON)
    assert pace.is_free(UPDATE, "C1", NOON)


def test_what_slack_asks_for_holds_where_it_counts():
    pace = Pace()
    pace.slow_down(Slowed(POST, timedelta(seconds=30)), "C1", NOON)
    assert not pace.is_free(POST, "C1", NOON + timedelta(seconds=29))
    assert pace.is_free(POST, "C2", NOON)
    pace.slow_down(Slowed(UPDATE, timedelta(seconds=30)), "C1", NOON)
    assert not pace.is_free(UPDATE, "C2", NOON)


def test_look_ups_share_what_slack_lets_us_ask():
    pace = Pace()
    slowed = Slowed("conversations.replies", timedelta(seconds=30))
    pace.slow_down(slowed, "C1", NOON)
    assert not pace.is_free(LOOK_UP, "", NOON + timedelta(seconds=29))
    assert pace.is_free(POST, "C1", NOON)
