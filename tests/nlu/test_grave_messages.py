"""No message that people have to answer gets an answer in public from what is shipped."""

from __future__ import annotations

from bot.gate.safety import answered_in_public, load_suite
from tests.builders import POLICY, ROOT


async def test_grave_messages_go_to_people(engine):
    """Who trains before any model is live is held against them without mercy."""
    messages = load_suite(ROOT).messages
    readings = await engine.read([each.text for each in messages])
    assert answered_in_public(messages, readings, POLICY) == {}
