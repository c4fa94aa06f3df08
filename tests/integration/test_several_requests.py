"""Customers who ask for several things at once, on a real server."""

from __future__ import annotations

from bot.model.event import EventType
from bot.model.message import Visibility
from tests.builders import POLICY
from tests.ledger import only_view, received

TWO_QUESTIONS = "faq/delivery_times 0.97 + faq/return_policy 0.97"


async def test_two_questions_in_private_are_both_answered_in_one_message(line):
    line.channel.network.direct("alice", TWO_QUESTIONS)
    await line.settle()
    (answer,) = received(line)
    assert "working days" in answer
    assert "30 days" in answer
    assert (await line.relay.open_cases()).views == ()


async def test_in_public_the_first_is_answered_and_a_person_does_the_rest(line):
    line.channel.network.post("alice", f"@{POLICY.handle} {TWO_QUESTIONS}")
    await line.settle()
    (answer,) = received(line)
    assert line.channel.length(answer) <= line.channel.limit(Visibility.PUBLIC)
    assert "working days" in answer
    assert "30 days" not in answer
    case = (await only_view(line)).case
    assert (case.reason, case.label) == ("several_requests", "faq/delivery_times")
    assert case.acknowledged
    events, _ = await line.events.since({})
    (row,) = [e.facts for e in events if e.type is EventType.MESSAGE_HANDLED]
    assert (row["outcome"], row["reason"]) == ("handed_off", "several_requests")


async def test_what_weighs_most_names_the_case_and_the_answer_is_suggested(line):
    line.channel.network.direct("alice", "faq/refund_time 0.97 + return_request 0.95")
    await line.settle()
    view = await only_view(line)
    assert view.case.label == "return_request"
    (asked,) = [r.reading for r in view.records if r.reading]
    assert [one.label for one in asked.requests] == [
        "return_request",
        "faq/refund_time",
    ]
    suggested = await line.relay.suggestions(view.case.id)
    assert [one.label for one in suggested] == ["faq/refund_time"]
