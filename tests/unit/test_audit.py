"""A legal history audits clean; one that is damaged in one place is found out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from bot.commands.audit import as_data, print_audit
from bot.flow.audit import Audit, audit_events
from bot.flow.rulebook import LAST_RULES, RULES
from bot.model.event import Event, EventType
from bot.model.message import CustomerId
from tests.stories import Story, a_full_day, numbered, stories
from tests.unit.damages import LATER, TABLE, Damaged


def audit_of(events: list[Event]) -> Audit:
    return audit_events(events, now=LATER)


def is_caught(damaged: Damaged) -> bool:
    events, rules, named = damaged
    found = audit_of(numbered(events))
    return any(one.rule in rules and one.id == named for one in found.findings)


@given(stories())
@settings(max_examples=200, deadline=None)
def test_every_legal_history_audits_clean(events):
    assert audit_of(numbered(events)).findings == []


@pytest.mark.parametrize("name", TABLE)
def test_each_damage_is_found_with_its_rule_and_its_id(name):
    damages = list(TABLE[name](a_full_day()))
    assert damages, "the full day has no place for this damage"
    for damaged in damages:
        assert is_caught(damaged), damaged[2]


@given(stories(), st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_the_history_the_damage_is_found(events, data):
    name = data.draw(st.sampled_from(sorted(TABLE)))
    damages = list(TABLE[name](events))
    if damages:
        assert is_caught(data.draw(st.sampled_from(damages))), name


def test_an_event_that_stands_in_the_stream_twice_is_found():
    events = numbered(a_full_day())
    found = audit_of([*events[:5], events[4], *events[5:]])
    assert ("events in order", events[4].id) in {(f.rule, f.id) for f in found.findings}


def test_an_event_far_from_its_time_is_found_and_a_clock_slightly_off_is_not():
    def shifted(by: timedelta) -> list[str]:
        events = numbered(a_full_day())
        events[4] = replace(events[4], at=events[4].at - by)
        return [f.rule for f in audit_of(events).findings]

    assert "time runs forward" in shifted(timedelta(hours=1))
    assert "time runs forward" not in shifted(timedelta(seconds=20))


def test_an_event_that_cannot_be_read_is_found_wherever_it_stands():
    day = a_full_day()
    for place in range(len(day)):
        other = replace(day[place], type=EventType.UNREADABLE, facts={})
        events = numbered([*day[:place], other, *day[place:]])
        found = {(f.rule, f.id) for f in audit_of(events).findings}
        assert ("events are readable", events[place].id) in found


def test_one_number_given_to_cases_of_two_customers_is_found():
    first, second = Story(), Story(CustomerId("simulator:bob"))
    first.worry()
    second.worry()
    found = audit_of(numbered([*first.events, *second.events]))
    assert [(f.rule, f.id) for f in found.findings] == [("cases opened once", "C-1016")]


def test_every_rule_has_a_damage_that_only_it_finds():
    """A rule that nothing can break proves nothing."""
    named = {rule for damages in TABLE.values() for rule in _rules_of(damages)}
    # tests of their own, above
    own = {"events in order", "time runs forward", "events are readable"}
    assert named | own == {rule.name for rule in (*RULES, *LAST_RULES)}


def _rules_of(damages: Callable[[list[Event]], Iterator[Damaged]]) -> set[str]:
    return next(damages(a_full_day()))[1]


def test_what_is_pending_for_long_is_told_and_breaks_no_rule():
    story = Story()
    story.ask()
    events = numbered(story.events[:1])
    found = audit_of(events)
    assert (found.late_messages, found.clean) == (["m0"], True)
    found = audit_of(numbered(story.events[:-1]))
    assert (found.late_replies, found.clean) == (["simulator:m0:say"], True)


def test_the_table_names_the_offending_ids_and_json_has_them_too():
    events = numbered(a_full_day())
    found = audit_of(events[1:])
    console = Console(width=120, record=True)
    print_audit(found, console)
    printed = console.export_text()
    assert "of simulator:alice  at event s00-" in printed
    assert "rules are broken" in printed
    data = json.loads(json.dumps(as_data(found)))
    broken = [rule for rule in data["rules"] if rule["violations"]]
    assert not data["clean"]
    assert all(rule["findings"] for rule in broken)
