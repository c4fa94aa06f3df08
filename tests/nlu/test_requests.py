"""Several requests in one message, and messages that are not ours, as people write."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.flow.decide import decide
from bot.flow.weight import weighed
from bot.model.effect import Converse, Say, Turn
from bot.model.reading import OUT_OF_SCOPE
from bot.nlu.evaluation import load_held_out
from bot.nlu.request_figures import area_under_curve, load_texts, request_figures
from tests.builders import NOON, POLICY, customer, message

FOLDER = Path(__file__).parent
FITTING = {"acknowledge", "acknowledge_upset", "acknowledge_safety", "out_of_scope"}
FITTING |= {"acknowledge_legal", "acknowledge_language", "invite_to_direct"}


@pytest.fixture
async def outside(engine):
    texts = load_texts(FOLDER / "out_of_scope.jsonl")
    return list(zip(texts, await engine.read(texts), strict=True))


async def test_several_requests_are_seen_and_single_ones_left_alone(engine):
    messages = load_held_out([FOLDER / "several.jsonl"])
    readings = await engine.read([one.text for one in messages])
    found = request_figures(messages, readings)
    assert found.messages >= 150
    assert found.further.precision >= 0.85, found
    assert found.further.recall >= 0.55, found
    assert found.exact >= 0.65, found
    assert found.false_alarms <= 0.08, found


async def test_what_is_ours_is_told_from_what_is_not(engine, outside):
    held_out = load_held_out(sorted(FOLDER.glob("held_out_*.jsonl")))
    ours = [one.text for one in held_out if one.label != OUT_OF_SCOPE]
    inside = [reading.ours for reading in await engine.read(ours)]
    assert len(outside) >= 150
    assert area_under_curve(inside, [reading.ours for _, reading in outside]) >= 0.94


async def test_the_bot_answers_next_to_nothing_that_is_not_ours(outside):
    answered = []
    for text, reading in outside:
        turn = Turn(
            messages=(message(f"@fernhollow {text}"),),
            reading=weighed(reading, POLICY),
        )
        effects = decide(turn, customer(), POLICY, NOON).effects
        said = {part for e in effects if isinstance(e, Say) for part in e.parts}
        if said - FITTING or any(isinstance(e, Converse) for e in effects):
            answered.append((text, reading.top.label))
    assert len(answered) <= 3, answered
