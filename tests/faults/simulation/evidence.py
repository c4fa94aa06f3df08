"""What the judge looks at, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.ports import CaseView, IncidentView
from bot.store.dead import DeadLetter
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
