"""A dialogue's turn as plain data, and what is kept of it between two turns.

Kept are the form and its slots, as JSON. Rasa's own trackers hold every event with
the machine's time, grow with each turn and differ when a turn is repeated; a form
needs none of that to go on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.model.reading import Entity

VERSION: Final = 1  # of this layout


@dataclass(frozen=True, slots=True)
class DialogueState:
    """The active form and the slots that are set. Values are plain JSON."""

    form: str
    slots: dict[str, object]

    def pack(self) -> str:
        """Return compact JSON; equal states give equal texts."""
        content = {"v": VERSION, "form": self.form, "slots": self.slots}
        return json.dumps(content, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message with its reading. `now` is aware; the actions know no other time."""

    text: str
    intent: str
    confidence: float
    entities: tuple[Entity, ...]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What came of a turn. `state` is None if no form is active any more.

    `generated`: a text is an action's own and not chosen from the responses.
    """

    texts: tuple[str, ...]
    slots: dict[str, object]
    state: DialogueState | None
    generated: bool = False


def unpack(packed: str) -> DialogueState | None:
    """Return what `pack` made; None if another version or something else made it."""
    try:
        content = json.loads(packed)
    except ValueError:
        return None
    if not isinstance(content, dict) or content.get("v") != VERSION:
        return None
    form, slots = content.get("form"), content.get("slots")
    if not isinstance(form, str) or not isinstance(slots, dict):
        return None
    return DialogueState(form, slots)
