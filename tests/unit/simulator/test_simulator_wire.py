"""What the network hands over is decoded with suspicion."""

from __future__ import annotations

import json

import pytest

from bot.channels.simulator.wire import decode
from bot.model.message import (
    ChannelName,
    CustomerId,
    Malformed,
    Message,
    MessageId,
    ThreadId,
    Visibility,
)
from tests.unit.simulator.helpers import NOON

WELL = {
    "id": "7",
    "account": "ada",
    "name": "ada",
    "text": "my secret",
    "created_at": "2026-11-02T12:00:00+00:00",
    "conversation": "5",
    "visibility": "public",
    "in_reply_to": "6",
}


def decoded(raw: str) -> Message | Malformed:
    return decode(raw, envelope="e1", channel=ChannelName("simulator"))


def test_a_well_formed_delivery_is_a_message():
    assert decoded(json.dumps(WELL)) == Message(
        channel=ChannelName("simulator"),
        id=MessageId("7"),
        customer=CustomerId("simulator:ada"),
        thread=ThreadId("5:ada"),
        text="my secret",
        visibility=Visibility.PUBLIC,
        sent_at=NOON,
        handle="ada",
        in_reply_to=MessageId("6"),
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": None}, "field 'id' is missing or not a text"),
        ({"id": ""}, "field 'id' is empty"),
        ({"account": 7}, "field 'account' is missing or not a text"),
        ({"text": ["my secret"]}, "field 'text' is missing or not a text"),
        ({"visibility": "my secret"}, "field 'visibility' has an unknown value"),
        ({"created_at": "my secret"}, "field 'created_at' is not a date"),
        ({"created_at": "2026-11-02T12:00:00"}, "field 'created_at' has no time zone"),
        ({"conversation": None}, "field 'conversation' is missing or not a text"),
        ({"in_reply_to": 6}, "field 'in_reply_to' is missing or not a text"),
    ],
)
def test_a_broken_field_is_named_without_its_content(change, problem):
    raw = json.dumps(WELL | change)
    assert decoded(raw) == Malformed(
        channel=ChannelName("simulator"), id=MessageId("e1"), problem=problem, raw=raw
    )


@pytest.mark.parametrize("raw", ["", "null", "[]", "7", '{"id": "7"', "my secret"])
def test_what_is_not_an_object_is_malformed(raw):
    broken = decoded(raw)
    assert isinstance(broken, Malformed)
    assert "secret" not in broken.problem
