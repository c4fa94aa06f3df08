"""The outcomes of all messages so far, and the ratings, kept up to date event by event."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from bot.model.event import Event, EventType, Outcome
from bot.model.message import CustomerId

_CASE_EVENTS = frozenset(
    {EventType.CASE_OPENED, EventType.CASE_JOINED, EventType.CASE_REOPENED}
)


class Tally:
    """Adds up as bot.flow.outcomes does, without reading everything again.

    Also knows which case a message went into: one commit writes both events with
    the same time.
    """

    def __init__(self) -> None:
        self._outcomes: dict[tuple[CustomerId, str], Outcome] = {}
        self._handled_at: dict[tuple[CustomerId, str], datetime] = {}
        self._cases: dict[tuple[CustomerId, datetime], str] = {}
        self._latest: dict[CustomerId, str] = {}
        self._totals: Counter[Outcome] = Counter()
        self._ratings = self._stars = 0

    def add(self, event: Event) -> None:
        """Count one event. The last outcome of a message counts."""
        message = (event.customer, event.facts.get("message", ""))
        if event.type is EventType.MESSAGE_ACCEPTED:
            if message not in self._outcomes:
                self._set(message, Outcome.PENDING)
        elif event.type is EventType.MESSAGE_HANDLED:
            self._set(message, Outcome(event.facts["outcome"]))
            self._handled_at[message] = event.at
        elif event.type is EventType.CASE_RATED:
            self._ratings += 1
            self._stars += int(event.facts["rating"])
        elif event.type in _CASE_EVENTS:
            self._cases[event.customer, event.at] = event.facts["case"]
            self._latest[event.customer] = event.facts["case"]

    def totals(self) -> dict[str, int]:
        """Return outcome → number of messages, in the order of `Outcome`."""
        return {outcome.value: self._totals[outcome] for outcome in Outcome}

    def ratings(self) -> dict[str, int]:
        """Return how often customers rated us, and how many stars they gave in all."""
        return {"count": self._ratings, "stars": self._stars}

    def case_of(self, customer: CustomerId, message: str) -> str | None:
        """Return the case that the message opened or joined, None if none."""
        at = self._handled_at.get((customer, message))
        return self._cases.get((customer, at)) if at else None

    def latest_case(self, customer: CustomerId) -> str | None:
        """Return the case that the customer's messages went into last, if any did."""
        return self._latest.get(customer)

    def _set(self, message: tuple[CustomerId, str], outcome: Outcome) -> None:
        before = self._outcomes.get(message)
        if before is not None:
            self._totals[before] -= 1
        self._outcomes[message] = outcome
        self._totals[outcome] += 1
