"""Envelopes of the activity stream."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from bot.channels.x import events
from bot.channels.x.events import Opened
from bot.channels.x.heard import Heard
from tests.unit.x.shapes import post

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)


def envelope(kind="post.mention.create", uuid="e1", payload=None):
    data = {
        "event_uuid": uuid,
        "event_type": kind,
        "filter": {"user_id": "1000"},
        "payload": post() if payload is None else payload,
    }
    return json.dumps({"data": data}).encode()


def test_an_event_that_comes_again_brings_nothing_new():
    opened = Opened()
    assert opened.event(envelope(), came_at=NOW) is not None
    assert opened.event(envelope(), came_at=NOW) is None
    assert opened.event(envelope(uuid="e2"), came_at=NOW) is not None


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not JSON",
        b"[]",
        b'{"data": 5}',
        b'{"errors": [{"title": "ConnectionException"}]}',
        envelope(kind="like.create"),
        b"\xff\xfe",
    ],
)
def test_what_is_no_event_of_ours_is_passed_over(line):
    assert Opened().event(line, came_at=NOW) is None


def test_too_much_at_once_drops_only_what_is_also_asked_for():
    heard, opened = Heard(), Opened()
    for number in range(10_000):
        kind = events.ENCRYPTED if number % 5 == 0 else events.DIRECT
        event = opened.event(envelope(kind, f"e{number}", {}), came_at=NOW)
        assert event is not None
        heard.add(event)
    waiting = heard.after("", now=NOW)
    kinds = [event.kind for _, event in waiting]
    assert kinds.count(events.ENCRYPTED) == 2_000
    assert kinds.count(events.DIRECT) == 1_000
    assert heard.after(waiting[-1][0], now=NOW) == []


def test_what_was_taken_comes_again_until_its_mark_is_kept():
    heard, opened = Heard(), Opened()
    for number in range(3):
        event = opened.event(envelope(uuid=f"e{number}"), came_at=NOW)
        assert event is not None
        heard.add(event)
    (first, _), *others = heard.after("", now=NOW)
    assert heard.after(first, now=NOW) == others
    assert len(heard.after("another process:3", now=NOW)) == 3
    assert len(heard.after("", now=NOW + timedelta(days=1))) == 3
    heard.after(others[-1][0], now=NOW + timedelta(days=1))
    assert heard.after("", now=NOW) == []
