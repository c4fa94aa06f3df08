"""What a model would have read otherwise, beside the live one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.model.trained import ModelName


@dataclass(frozen=True, slots=True)
class ShadowRun:
    """One model beside one live model; `epoch` is that of the standing."""

    model: ModelName
    epoch: int


@dataclass(frozen=True, slots=True)
class Pair:
    """As what the live model read messages, and as what the shadow reads them."""

    live: str
    shadow: str

    @property
    def differs(self) -> bool:
        """Whether they read otherwise."""
        return self.live != self.shadow


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of a run so far: how often each pair was read.

    `cursors` say up to where in the event streams that is; `serial` rises with each
    addition.
    """

    pairs: Mapping[Pair, int] = field(default_factory=dict)
    cursors: Mapping[str, str] = field(default_factory=dict)
    serial: int = 0

    @property
    def read(self) -> int:
        """How many messages both have read."""
        return sum(self.pairs.values())

    @property
    def differing(self) -> dict[Pair, int]:
        """The pairs that differ, the most frequent first."""
        found = [(pair, n) for pair, n in self.pairs.items() if pair.differs]
        ordered = sorted(
            found, key=lambda each: (-each[1], each[0].live, each[0].shadow)
        )
        return dict(ordered)

    @property
    def agreement(self) -> float:
        """Share of messages that both read alike; 1.0 if none was read."""
        return 1 - sum(self.differing.values()) / self.read if self.read else 1.0
