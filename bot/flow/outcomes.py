"""The table over all outcomes, computed from events, which must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.flow.history import letters_of
from bot.model.event import Event, EventType, Outcome
from bot.ports import Events


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Counts of messages. `by_…` count (value, outcome) pairs; the last outcome counts."""

    seen: int
    totals: Counter[Outcome] = field(default_factory=Counter)
    by_label: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    by_reason: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    by_team: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)

    @property
    def adds_up(self) -> bool:
        """Whether every message that was seen has exactly one outcome."""
        return sum(self.totals.values()) == self.seen


def outcomes_of(events: Iterable[Event]) -> Outcomes:
    """Count the outcomes of all messages in `events`.

    What was accepted and not yet handled is pending, and so is a dead letter that was
    put back. A message that was handled
    and never accepted would make the table not add up. A later outcome without a
    label (a text that did not arrive) leaves what the message was read as.
    """
    accepted: set[str] = set()
    handled: dict[str, Event] = {}
    for event in events:
        key = f"{event.customer}|{event.facts.get('message')}"
        if event.type is EventType.MESSAGE_ACCEPTED:
            accepted.add(key)
        elif event.type is EventType.MESSAGE_HANDLED:
            earlier = handled.get(key)
            handled[key] = _labelled(event, earlier) if earlier else event
        elif event.type is EventType.LETTERS_REPLAYED:
            for message in letters_of(event):
                handled.pop(f"{event.customer}|{message}", None)
    result = Outcomes(seen=len(accepted))
    for event in handled.values():
        _count(event, result)
    result.totals[Outcome.PENDING] = len(accepted - handled.keys())
    return result


def _labelled(event: Event, earlier: Event) -> Event:
    label = earlier.facts.get("label")
    if label is None or "label" in event.facts:
        return event
    return replace(event, facts={**event.facts, "label": label})


async def count_outcomes(events: Events) -> Outcomes:
    """Read all streams from the beginning and count, one in memory at a time."""
    total = Outcomes(seen=0)
    for shard in events.shards:
        part = [one async for one in events.every(shard) if one.type in _COUNTED]
        total = _together(total, outcomes_of(part))
    return total


_COUNTED = frozenset(
    {
        EventType.MESSAGE_ACCEPTED,
        EventType.MESSAGE_HANDLED,
        EventType.LETTERS_REPLAYED,
    }
)


def _together(one: Outcomes, other: Outcomes) -> Outcomes:
    return Outcomes(
        seen=one.seen + other.seen,
        totals=one.totals + other.totals,
        by_label=one.by_label + other.by_label,
        by_reason=one.by_reason + other.by_reason,
        by_team=one.by_team + other.by_team,
        withheld=one.withheld + other.withheld,
    )


def _count(event: Event, into: Outcomes) -> None:
    outcome = Outcome(event.facts["outcome"])
    into.totals[outcome] += 1
    into.by_label[event.facts.get("label", "-"), outcome] += 1
    into.by_reason[event.facts["reason"], outcome] += 1
    if "team" in event.facts:
        into.by_team[event.facts["team"], outcome] += 1
    if "withheld" in event.facts:
        into.withheld[event.facts["withheld"]] += 1
