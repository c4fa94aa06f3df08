"""What C writes is what our own converter reads, whatever people type."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.store.codec import dump, load
from bot.store.fast_json import converter, from_json, to_json
from tests.builders import message as message_of

HIGH, LOW = "\ud83d", "\ude00"  # the halves of one emoji


def test_message_of_is_written_as_our_converter_would_and_comes_back_whole():
    message = message_of("Où est mon colis? 📦")
    assert json.loads(dump(message)) == converter.unstructure(message)
    assert load(dump(message), type(message)) == message


@pytest.mark.parametrize(
    ("written", "kept"),
    [(HIGH, "\ufffd"), (LOW, "\ufffd"), (HIGH + LOW, "😀"), (f"a{LOW}b", "a\ufffdb")],
)
def test_half_a_character_stops_no_turn(written: str, kept: str):
    message = replace(message_of("x"), text=written)
    assert load(dump(message), type(message)).text == kept
    assert from_json(to_json([written])) == [kept]


def test_an_escaped_half_that_somebody_else_wrote_is_read():
    assert from_json('"\\ud83d"') == HIGH


def test_what_is_no_json_is_no_value():
    with pytest.raises(ValueError, match="Expecting"):
        from_json("{no")
