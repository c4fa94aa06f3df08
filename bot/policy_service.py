"""The part of the policy about people: when they are there, and how fast they answer."""

from __future__ import annotations

import dataclasses
import re
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.model.case import Priority
from bot.model.policy import IncidentRule, LearningRule, OpeningHours, ServiceLevels
from bot.yaml_reader import Node

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
_NO_LIMIT = 1000.0
_MOST_REVIEWS = 20_000.0  # a page reads all of them
PRIORITIES = {priority.name.lower(): priority for priority in Priority}


def read_hours(node: Node) -> OpeningHours:
    keys = node.fields(("timezone", "days", "holidays", "expected_wait"))
    return OpeningHours(
        timezone=_timezone(keys["timezone"]),
        days=_days(keys["days"]),
        holidays=_holidays(keys["holidays"]),
        expected_wait=keys["expected_wait"].duration(),
    )


def _timezone(node: Node) -> str:
    name = node.text()
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder's name
        node.wrong(f"is “{name}”", expected="a time zone like Europe/London")
    return name


def _days(node: Node) -> dict[int, tuple[time, time]]:
    keys = node.fields((), _DAYS)
    spans = {day: _span(keys[name]) for day, name in enumerate(_DAYS)}
    return {day: span for day, span in spans.items() if span}


def _span(node: Node) -> tuple[time, time] | None:
    """Return when people are there on one day; None for a day off."""
    if not node.given or node.value == "closed":
        return None
    expected = "hours like 08:00-20:00, or closed"
    match = _SPAN.fullmatch(str(node.value))
    try:
        start, end = map(clock_time, match.groups() if match else ())
    except ValueError:
        node.wrong(f"is {node.shown}", expected=expected)
        return None
    if end <= start:
        node.wrong("ends before it starts", expected=expected)
    return start, end


def clock_time(text: str) -> time:
    """Read "8:30". Raises ValueError for an hour or minute that no clock shows."""
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _holidays(node: Node) -> frozenset[date]:
    return frozenset(item.day() for item in node.items())


def read_service(node: Node) -> ServiceLevels:
    keys = node.fields([field.name for field in dataclasses.fields(ServiceLevels)])
    spans = keys["first_answer"].fields(list(PRIORITIES))
    return ServiceLevels(
        first_answer={PRIORITIES[name]: spans[name].duration() for name in spans},
        remind_before=keys["remind_before"].duration(),
        unclaimed=keys["unclaimed"].duration(),
        claim_silence=keys["claim_silence"].duration(),
        follow_up=keys["follow_up"].duration(),
    )


def read_incidents(node: Node) -> IncidentRule:
    keys = node.fields([field.name for field in dataclasses.fields(IncidentRule)])
    return IncidentRule(
        cases=read_count(keys["cases"]),
        within=keys["within"].duration(),
        likeness=keys["likeness"].number(low=0, high=1),
        ends_after=keys["ends_after"].duration(),
    )


def read_learning(node: Node) -> LearningRule:
    """Return what the section says; what it leaves out is as if nobody had decided."""
    usual = LearningRule()
    if not node.given:
        return usual
    keys = node.fields((), [field.name for field in dataclasses.fields(usual)])
    queue, keep = keys["queue"], keys["keep"]
    again, likeness = keys["asked_again"], keys["likeness"]
    return LearningRule(
        queue=read_count(queue, most=_MOST_REVIEWS) if queue.given else usual.queue,
        keep=keep.duration() if keep.given else usual.keep,
        asked_again=again.duration() if again.given else usual.asked_again,
        likeness=likeness.number(low=0, high=1) if likeness.given else usual.likeness,
    )


def read_count(node: Node, *, most: float = _NO_LIMIT) -> int:
    number = node.number(low=0, high=most)
    if number != int(number):
        node.wrong(f"is {number:g}", expected="a whole number")
    return int(number)
