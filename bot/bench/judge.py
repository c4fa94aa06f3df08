"""Whether a run was right: the network's ledger against what the outcomes say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.bench.channel import NAME
from bot.bench.load import Arrival
from bot.model.event import Event, EventType, Outcome

_SPEAKING = frozenset({Outcome.ANSWERED, Outcome.ASKED})
_TO_PEOPLE = frozenset({Outcome.HANDED_OFF, Outcome.JOINED})
SHOWN = 5  # offending ids in a verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A line of the network's ledger."""

    key: str
    account: str
    at: float  # seconds since 1970, by the network's clock

    @property
    def message(self) -> str:
        """The id of the message that it replies to; "" if the key names none."""
        head, _, tail = self.key.partition(f"{NAME}:")
        return tail.removesuffix(":say") if not head else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a run came to. `problems` are sentences; none means it was right."""

    outcomes: Mapping[str, int]
    replies: Mapping[str, Reply]  # by the message that each replies to
    problems: tuple[str, ...]


def judge(
    arrivals: Sequence[Arrival], events: Iterable[Event], ledger: Sequence[Reply]
) -> Verdict:
    """Compare what customers received with what the events claim.

    Each message has one outcome. One that was answered or asked has exactly one
    reply; one for people has exactly one if an acknowledgement was queued, else
    none; all others have none. Each reply went to the one who wrote.
    """
    handled, queued = _read(events)
    wrote = {arrival.id: arrival.account for arrival in arrivals}
    counts = Counter(reply.message for reply in ledger)
    wrong = {
        "without an outcome": [id_ for id_ in wrote if id_ not in handled],
        "without their reply": [
            id_ for id_ in wrote if _due(id_, handled, queued) > counts[id_]
        ],
        "with a reply too many": [
            id_ for id_ in wrote if _due(id_, handled, queued) < counts[id_]
        ],
        "replies to nobody's message, or to somebody else": [
            reply.key for reply in ledger if wrote.get(reply.message) != reply.account
        ],
    }
    outcomes = Counter(handled[id_].facts["outcome"] for id_ in wrote if id_ in handled)
    return Verdict(
        outcomes=outcomes,
        replies={reply.message: reply for reply in ledger},
        problems=tuple(_sentence(*found) for found in wrong.items() if found[1]),
    )


def _read(events: Iterable[Event]) -> tuple[dict[str, Event], set[str]]:
    """Return the last outcome of each message, and the messages with a reply queued."""
    handled: dict[str, Event] = {}
    queued: set[str] = set()
    for event in events:
        if event.type is EventType.MESSAGE_HANDLED:
            handled[event.facts["message"]] = event
        elif event.type is EventType.REPLY_QUEUED:
            reply = Reply(key=event.facts["key"], account="", at=0.0)
            queued.add(reply.message)
    return handled, queued


def _due(id_: str, handled: Mapping[str, Event], queued: set[str]) -> int:
    """Return how many replies the message must have: 0 or 1."""
    event = handled.get(id_)
    if event is None:
        return 0
    outcome = Outcome(event.facts["outcome"])
    return int(outcome in _SPEAKING or (outcome in _TO_PEOPLE and id_ in queued))


def _sentence(what: str, ids: Sequence[str]) -> str:
    more = ", …" if len(ids) > SHOWN else ""
    return f"{len(ids)} {what}: {', '.join(ids[:SHOWN])}{more}"
