"""What trainers are told of examples that went because customers took the words back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.flow.taking_back import BY, DELETED, EDITED, WHY
from bot.model.example import Label
from bot.web.trainer.parts import Parts

_CHANGES: Final = 500  # of the log, the newest


@dataclass(frozen=True, slots=True)
class TakenBackNotice:
    """How many went since the live model was made, and where one still stands."""

    examples: int
    alone: Sequence[Label]


async def taken_back(parts: Parts) -> TakenBackNotice | None:
    """Return what trainers have to know; None if the live model knows no such words."""
    live = (await parts.promotion.standing()).live
    models = await parts.promotion.models() if live else []
    made = [one.made_at for one in models if live and one.name == live.model]
    changes = await parts.corpus.changes(limit=_CHANGES)
    gone = [
        key
        for change in changes
        if change.by == BY and change.why in (DELETED, EDITED, WHY)
        if not made or change.at > made[0]
        for keys in change.removed.values()
        for key in keys
    ]
    alone = parts.alone()
    return TakenBackNotice(len(gone), alone) if gone or alone else None
