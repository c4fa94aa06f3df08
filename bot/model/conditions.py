"""What holds on a channel for the moment: money and pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.model.message import Visibility
from bot.model.spending import Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How the day's budget stands, and how long an automatic text would wait.

    `said` marks the words that our account has lately posted (see `same_words`).
    """

    budget: Budget = Budget.WITHIN
    waits: Mapping[Visibility, timedelta] = field(default_factory=dict)
    said: frozenset[str] = frozenset()

    def wait(self, visibility: Visibility) -> timedelta:
        """Return how long a text queued now waits for the network's pace."""
        return self.waits.get(visibility, timedelta(0))


NOTHING_SPECIAL = Conditions()
