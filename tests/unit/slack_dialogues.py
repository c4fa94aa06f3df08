"""What tests of dialogues begin with, and what they look for in one."""

from __future__ import annotations

from dataclasses import replace

from bot.desk.slack.ids import unpacked
from bot.model.message import DIRECT, Visibility
from bot.ports.desk import Preview, Suggestion
from tests.builders import NOON
from tests.unit.slack_says import only
from tests.unit.test_slack_card import wrote

FACTS = {"channel": "C1", "thread": "1.2", "seen": "m1"}
IN_PRIVATE = wrote("and privately", id="m2", thread=DIRECT)
IN_PRIVATE = replace(IN_PRIVATE, visibility=Visibility.PRIVATE, at=NOON)
RETURNS = Suggestion(
    label="faq/return_policy",
    text="You can send anything back within 30 days.",
    source="faq/return_policy",
    confidence=0.61,
)


def preview(text: str = "Hello", **changes: object) -> Preview:
    made = Preview(text=text, parts=(text,), length=len(text), limit=280)
    return replace(made, **changes)


def fields(dialogue: dict) -> dict[str, dict]:
    return {one["block_id"]: one["element"] for one in only(dialogue, "input")}


def kept(dialogue: dict) -> dict[str, str]:
    return unpacked(dialogue["private_metadata"])
