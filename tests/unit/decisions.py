"""What a decision came to, as tests of it ask."""

from __future__ import annotations

from bot.model.case import CaseStatus
from bot.model.effect import (
    Decision,
    JoinCase,
    OpenCase,
    Say,
)

OPEN, CLAIMED = CaseStatus.OPEN, CaseStatus.CLAIMED
WAITING, RESOLVED = CaseStatus.WAITING, CaseStatus.RESOLVED
PUBLIC, PRIVATE = False, True


def said(decision: Decision) -> tuple[str, ...]:
    return tuple(
        part for e in decision.effects if isinstance(e, Say) for part in e.parts
    )


def opened(decision: Decision) -> OpenCase | None:
    return next((e for e in decision.effects if isinstance(e, OpenCase)), None)


def joined(decision: Decision) -> bool:
    return any(isinstance(e, JoinCase) for e in decision.effects)
