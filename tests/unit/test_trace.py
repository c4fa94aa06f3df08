"""What a trace chooses from a customer's events, and how it says it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from rich.console import Console

from bot.commands.trace import print_trace
from bot.flow.trace import Kind, Trace, says, trace_of
from bot.model.event import Event, EventType
from tests.stories import Story, a_full_day, numbered, stories

E = EventType


def trace(story: Story, id_: str, kind: Kind = Kind.MESSAGE) -> Trace:
    return trace_of(numbered(story.events), id_, kind)


def kinds(found: Trace) -> list[EventType]:
    return [step.event.type for step in found.steps]


def test_a_message_is_told_from_its_arrival_until_its_answer_was_sent():
    story = Story()
    story.chat()
    story.ask()
    story.ask()
    found = trace(story, "m1")
    assert kinds(found) == [
        E.MESSAGE_ACCEPTED,
        E.MESSAGE_HANDLED,
        E.REPLY_QUEUED,
        E.REPLY_SENDING,
        E.REPLY_SENT,
    ]
    assert found.steps[0].took is None
    assert found.steps[1].took == timedelta(seconds=5)


@pytest.mark.parametrize("id_", ["m0", "m1", "m2", "simulator:m1"])
def test_each_message_of_a_burst_shows_the_whole_burst(id_):
    story = Story()
    story.ask(3)
    story.ask()
    found = trace(story, id_)
    assert {step.event.facts["message"] for step in found.steps[:6]} == {
        "m0",
        "m1",
        "m2",
    }
    assert found.steps[-1].event.type is E.REPLY_SENT


def test_a_message_for_people_is_told_until_they_resolve_it():
    story = Story()
    story.worry()
    story.people("reply", "resolve")
    story.worry()
    found = trace(story, "m0")
    assert found.steps[-1].event.facts["act"] == "resolve"
    assert E.CASE_OPENED in kinds(found)
    assert E.CASE_REOPENED not in kinds(found)


def test_a_text_is_told_with_the_message_that_it_answers():
    story = Story()
    story.ask()
    found = trace(story, "simulator:m0:say", Kind.TEXT)
    assert kinds(found)[0] is E.MESSAGE_ACCEPTED
    assert kinds(found)[-1] is E.REPLY_SENT


def test_a_case_is_told_with_all_that_was_written_in_it():
    story = Story()
    story.worry()
    story.people("reply", "release")
    case = next(e.facts["case"] for e in story.events if e.type is E.CASE_OPENED)
    told = kinds(trace(story, case, Kind.CASE))
    assert told.count(E.CASE_CHANGED) == 3
    assert E.MESSAGE_HANDLED in told


def test_a_customer_is_told_whole():
    events = numbered(a_full_day())
    found = trace_of(events, "simulator:alice", Kind.CUSTOMER)
    assert [step.event for step in found.steps] == events


@given(stories())
@settings(max_examples=100, deadline=None)
def test_every_message_of_every_history_can_be_told_in_order(events):
    events = numbered(events)
    for event in events:
        if event.type is E.MESSAGE_ACCEPTED:
            found = trace_of(events, event.facts["message"], Kind.MESSAGE)
            places = [events.index(step.event) for step in found.steps]
            assert event in (step.event for step in found.steps)
            assert places == sorted(set(places))


def test_codes_are_said_in_words():
    handled = replace(
        a_full_day()[1],
        facts={
            "message": "m0",
            "outcome": "handed_off",
            "reason": "low_confidence",
            "label": "order_status",
            "case": "C-1016",
            "withheld": "quiet_mode",
        },
    )
    assert says(handled) == (
        "m0 handed off: the model is not sure what is meant, read as order_status, "
        "C-1016; the bot is silent: the bot is switched to quiet"
    )


@pytest.mark.parametrize("event", a_full_day(), ids=lambda event: event.type.value)
def test_every_event_can_be_said(event: Event):
    assert says(event)


def test_words_are_shown_only_if_they_were_asked_for_and_can_do_no_harm():
    story = Story()
    story.ask()
    found = trace(story, "m0")

    def printed(words: dict[str, str]) -> str:
        console = Console(width=100, record=True, force_terminal=True)
        print_trace(found, console, words=words)
        return console.export_text(styles=False)

    assert "“" not in printed({})
    shown = printed({"m0": "hello \x1b]0;owned\x07[red]there"})
    assert "“hello  ]0;owned [red]there”" in shown
