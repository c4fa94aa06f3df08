"""Dialogues about a case and about an incident, as agents see them."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.desk.slack import blocks
from bot.desk.slack.ids import unpacked
from bot.model.case import CaseId, CaseStatus
from bot.model.message import DIRECT
from bot.model.record import Author
from tests.builders import NOON, POLICY, case
from tests.unit.slack_dialogues import FACTS, RETURNS, fields, kept
from tests.unit.slack_says import only, pressable, says
from tests.unit.test_slack_card import scene, view, wrote
from tests.unit.test_slack_thread import incident

# -- where a case goes, and what it is ---------------------------------------------


def test_resolving_asks_for_one_of_the_policy_s_reasons():
    made = blocks.resolve_modal(case(CaseStatus.CLAIMED), scene(), FACTS)
    values = [one["value"] for one in fields(made)["reason"]["options"]]
    assert values == list(POLICY.resolutions)
    assert kept(made) == {**FACTS, "case": "C-1000"}


def test_a_case_is_handed_to_other_teams_only():
    made = blocks.hand_over_modal(case(team="press"), scene(), FACTS)
    values = [one["value"] for one in fields(made)["team"]["options"]]
    assert "press" not in values
    assert set(values) == set(POLICY.teams) - {"press"}


def test_tags_of_one_s_own_stand_beside_the_policy_s():
    made = blocks.tags_modal(case(tags=("refund", "vip dog", "cat")), scene(), FACTS)
    chosen = fields(made)["tags"]["initial_options"]
    assert [one["value"] for one in chosen] == ["refund"]
    assert fields(made)["own_tags"]["initial_value"] == "vip dog, cat"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/London", ["13:00", "15:00", "08:00"]),
        ("Asia/Tokyo", ["22:00", "00:00", "17:00"]),
    ],
)
def test_a_case_is_snoozed_in_the_agent_s_own_time(zone, expected):
    made = blocks.snooze_modal(case(), scene(), FACTS, zone=ZoneInfo(zone))
    hour, three, morning, other = fields(made)["until"]["options"]
    assert hour["text"]["text"] == f"In an hour, at {expected[0]}"
    assert three["text"]["text"] == f"In 3 hours, at {expected[1]}"
    assert morning["text"]["text"] == f"When we open, tomorrow at {expected[2]}"
    assert "First answer due by" in says(made)  # it goes on while the case is away
    opening = NOON.replace(day=19, hour=8)
    assert morning["value"] == str(int(opening.timestamp()))
    assert other["value"] == blocks.OTHER_TIME


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (6, ["In an hour, at 07:00", "In 3 hours, at 09:00", "today at 08:00"]),
        (7, ["In 3 hours, at 10:00", "today at 08:00"]),
        (18, ["In an hour, at 19:00", "tomorrow at 08:00"]),
        (22, ["In an hour, at 23:00", "In 3 hours, at 01:00", "tomorrow at 08:00"]),
    ],
)
def test_nothing_comes_back_while_we_are_closed_unless_its_agent_works_then(
    hour, expected
):
    at = scene(NOON.replace(hour=hour))
    made = blocks.snooze_modal(case(), at, FACTS, zone=ZoneInfo("Europe/London"))
    offered = [one["text"]["text"] for one in fields(made)["until"]["options"]]
    assert [one.removeprefix("When we open, ") for one in offered[:-1]] == expected


def test_over_a_weekend_a_case_is_put_aside_until_the_day_we_open():
    saturday = scene(NOON.replace(day=21, hour=16))
    made = blocks.snooze_modal(case(), saturday, FACTS, zone=ZoneInfo("Europe/London"))
    assert "When we open, on Monday at 08:00" in pressable(made)


def test_a_policy_without_hours_puts_aside_until_the_morning():
    never = replace(POLICY, hours=replace(POLICY.hours, days={}))
    at = replace(scene(), policy=never)
    made = blocks.snooze_modal(case(), at, FACTS, zone=ZoneInfo("Asia/Tokyo"))
    assert "Tomorrow at 09:00" in pressable(made)


def test_the_beginning_of_a_long_message_ends_in_an_ellipsis():
    newest = wrote("second " * 20, thread=DIRECT, id="p2")
    made = blocks.compose_modal(view(case(), wrote(), newest), scene(), FACTS)
    after = fields(made)["thread"]["options"][0]["description"]["text"]
    assert after.endswith("…”")


def test_whose_the_case_is_is_told_with_a_way_out():
    made = blocks.not_yours_modal(case(CaseStatus.CLAIMED), scene(), FACTS)
    assert "Ann Bell has this case" in says(made)
    assert pressable(made) == ["Take over and reply"]
    assert made["submit"]["text"] == "Add note"


def test_what_cannot_be_taken_back_is_explained_first():
    assert "Nothing reopens this case" in says(blocks.give_back_modal(case(), FACTS))
    stopping = says(blocks.block_modal(case(), FACTS))
    assert "never writes to @alice again" in stopping
    assert "Agents still can" in stopping


def test_the_right_intent_is_picked_by_its_name():
    labels = ["refund_status", "order_status", "faq/return_policy", "faq/stores"]
    made = blocks.wrong_intent_modal(view(), FACTS, labels=labels)
    groups = fields(made)["label"]["option_groups"]
    assert [
        (one["label"]["text"], [option["text"]["text"] for option in one["options"]])
        for one in groups
    ] == [
        ("Requests", ["Order status", "Refund status"]),
        ("Standard questions", ["Return policy", "Stores"]),
    ]
    assert groups[1]["options"][0]["value"] == "faq/return_policy"


def test_more_intents_than_slack_shows_in_one_group_are_all_offered():
    labels = [f"intent_{number:03}" for number in range(250)]
    made = blocks.wrong_intent_modal(view(), FACTS, labels=labels)
    offered = [
        option["value"]
        for group in fields(made)["label"]["option_groups"]
        for option in group["options"]
    ]
    assert offered == labels


def test_suggestions_stand_below_what_they_answer():
    made = blocks.suggestions_modal(view(), FACTS, suggestions=[RETURNS])
    assert says(made).index("where is my parcel") < says(made).index("within 30 days")
    nothing = blocks.suggestions_modal(view(), FACTS, suggestions=[])
    assert "has no answer that fits" in says(nothing)


# -- history -----------------------------------------------------------------------


def test_the_history_begins_with_other_cases_and_what_was_written_last():
    other = case(CaseStatus.RESOLVED, id=CaseId("C-7"), resolution="refunded")
    made = blocks.history_modal(view(), scene(), FACTS, cases=[case(), other])
    read = says(made)
    assert "1 other case" in read
    assert "*C-7*" in read
    assert "refunded" in read
    assert "C-1000" not in read
    assert "Page" not in read


def test_a_long_history_is_turned_page_by_page():
    many = [wrote(f"message {n}", id=f"m{n}") for n in range(100)]
    newest = blocks.history_modal(view(None, *many), scene(), FACTS)
    assert "message 99" in says(newest)
    assert "message 0\n" not in says(newest)
    assert pressable(newest) == ["Older"]
    (older,) = only(newest, "button")
    page = int(unpacked(older["value"])["page"])
    before = blocks.history_modal(view(None, *many), scene(), FACTS, page=page)
    assert pressable(before) == ["Older", "Newer"]
    last = blocks.history_modal(view(None, *many), scene(), FACTS, page=99)
    assert "message 0" in says(last)
    assert pressable(last) == ["Newer"]


def test_a_note_in_the_history_has_no_place():
    note = wrote("furious", author=Author.NOTE, agent="ann")
    read = says(blocks.history_modal(view(None, note), scene(), FACTS))
    assert "Note by Ann Bell" in read
    assert ":lock:" not in read
    assert ":globe" not in read


# -- incidents ---------------------------------------------------------------------


def test_all_are_answered_in_several_wordings():
    made = blocks.answer_all_modal(incident(), FACTS)
    assert list(fields(made)) == ["wording_1", "wording_2", "wording_3"]
    assert [one.get("optional", False) for one in only(made, "input")] == [
        *(False, True, True),
    ]
    assert "*38 customers* of I-3" in says(made)


def test_the_cases_of_an_incident_are_listed_with_their_cards():
    inside = [case(id=CaseId("C-1")), case(id=CaseId("C-2"))]
    made = blocks.incident_cases_modal(
        incident(), inside, scene(), FACTS, links={CaseId("C-1"): "https://x.slack.com"}
    )
    assert pressable(made) == ["Open"]
    assert "… and 36 more" in says(made)


def test_what_can_no_longer_be_hidden_is_said_and_nothing_is_asked():
    made = blocks.hide_modal(view(), FACTS)
    assert "Nothing of this customer's can be hidden" in says(made)
    assert "submit" not in made
