"""Whatever the network hands over is a message or a dead letter, never an error."""

from __future__ import annotations

import json

import pytest

from bot.channels.simulator.wire import decode
from bot.model.message import Malformed, Message
from tests.builders import CHANNEL

WHOLE = {
    "id": "1",
    "account": "eve",
    "name": "eve",
    "text": "hello",
    "created_at": "2026-11-18T12:00:00+00:00",
    "conversation": "c",
    "visibility": "public",
    "in_reply_to": None,
}


def decoded(raw: str) -> Message | Malformed:
    return decode(raw, envelope="e1", channel=CHANNEL)


@pytest.mark.parametrize("raw", ["[" * 100_000, '{"id":' + "1" * 5_000 + "}"])
def test_a_number_or_a_nest_without_end_is_parked(raw):
    found = decoded(raw)
    assert isinstance(found, Malformed)
    assert (found.id, found.raw) == ("e1", raw)
    assert "cannot be read" in found.problem


@pytest.mark.parametrize("field", ["id", "account", "name", "text", "conversation"])
def test_half_a_character_is_replaced_wherever_it_stands(field):
    found = decoded(json.dumps({**WHOLE, field: "a\ud800"}))
    assert isinstance(found, Message)
    parts = (found.id, found.customer, found.handle, found.text, found.thread)
    assert "a\ufffd" in "".join(parts)
    for part in parts:
        part.encode()


def test_a_character_in_two_halves_is_put_together():
    found = decoded(json.dumps({**WHOLE, "name": "\ud83d\ude00"}))
    assert found.handle == "😀"
