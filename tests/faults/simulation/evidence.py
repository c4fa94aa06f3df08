"""What the judge looks at, and what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.model.case import Act
from bot.model.message import Malformed, Message
from bot.ports import CaseView, IncidentView
from bot.store.dead import DeadLetter
from tests.faults.simulation.agents import Click, Commission
from tests.faults.simulation.world import World


@dataclass(frozen=True)
class Complaint:
    """One broken promise, and the customer whose steps tell how it came about."""

    customer: str
    says: str

    def __str__(self) -> str:
        return f"{self.customer}: {self.says}"


@dataclass(frozen=True)
class Evidence:
    """The engine's words and the test's own books, after one run."""

    world: World
    events: list[dict[str, str]]  # in the order of the streams
    views: dict[str, CaseView]
    open_ids: frozenset[str]
    incidents: dict[str, IncidentView]
    letters: dict[str, list[DeadLetter]]  # by customer, those that were not replayed

    def happened(self, *kinds: str) -> Iterator[dict[str, str]]:
        return (event for event in self.events if event["type"] in kinds)

    def of(self, customer: str) -> list[dict[str, str]]:
        return [event for event in self.events if event["customer"] == customer]

    @property
    def outcomes(self) -> dict[str, dict[str, str]]:
        """Return the last outcome of each message, by its id."""
        return {event["message"]: event for event in self.happened("message_handled")}

    @property
    def arrived(self) -> Counter[str]:
        """Return how often each text reached its customer, by its key."""
        return Counter(post.outgoing.key for post in self.world.network.received)

    def clicks(self, *acts: Act) -> Iterator[Click]:
        """Return what agents did of that kind; everything if no kind is named."""
        for agent in self.world.agents:
            yield from (c for c in agent.clicks if c.act in acts or not acts)

    @property
    def commissions(self) -> Iterator[Commission]:
        """Return what agents wanted done with all cases of an incident."""
        for agent in self.world.agents:
            yield from agent.commissions


def about(message: Message | Malformed, says: str) -> Complaint:
    who = message.customer if isinstance(message, Message) else "-"
    return Complaint(who, says)
