"""The figures of a run, and how they are made of what was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from bot.bench.judge import Verdict
from bot.bench.load import Arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """From a message's arrival to its reply on the network, in ms."""

    p50: float
    p95: float
    p99: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Latency:
        """Take nearest ranks; zeros if there are no values."""
        ordered = sorted(values) or [0.0]

        def rank(share: float) -> float:
            return ordered[max(0, ceil(share * len(ordered)) - 1)]

        return cls(p50=rank(0.5), p95=rank(0.95), p99=rank(0.99), max=ordered[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One load and what it came to.

    `throughput` is messages a second from the first arrival to the moment at which
    the last one was dealt with. `cpu_s` is by role and counts the load generator.
    """

    name: str
    offered: float  # messages a second
    messages: int
    took_s: float
    latency: Latency
    cpu_s: Mapping[str, float]
    commands: float  # of the store, for each message, those inside scripts included
    verdict: Verdict

    @property
    def throughput(self) -> float:
        return self.messages / self.took_s

    @property
    def cpu_ms(self) -> float:
        """CPU of everything together for each message, in ms."""
        return 1000 * sum(self.cpu_s.values()) / self.messages

    @property
    def right(self) -> bool:
        return not self.verdict.problems


def latencies_ms(
    arrivals: Sequence[Arrival], verdict: Verdict, *, starts_at: float
) -> list[float]:
    """Return the latency of each message that was replied to.

    Counted from the planned moment, so that a bot that falls behind cannot hide it.
    """
    return [
        1000 * (reply.at - (starts_at + arrival.after_s))
        for arrival in arrivals
        if (reply := verdict.replies.get(arrival.id)) is not None
    ]
