"""One message's whole way, or a text's, a case's or a customer's, from the events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from bot.model.case import Act
from bot.model.case_history import CASE_EVENTS
from bot.model.event import Event, EventType, Outcome
from bot.model.message import CustomerId
from bot.model.reason import Reason
from bot.model.reply_history import REPLY_EVENTS
from bot.ports import Events


class Kind(str, Enum):
    """What an id names."""

    MESSAGE = "message"
    TEXT = "text"  # of ours, by its key
    CASE = "case"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Step:
    """One event on the way, in words, and how long it took since the one before."""

    event: Event
    says: str
    took: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The way of what `id` names."""

    id: str
    kind: Kind
    customer: CustomerId
    steps: tuple[Step, ...]


async def trace(
    events: Events, id_: str, *, progress: Callable[[str], None] | None = None
) -> Trace | None:
    """Return the way of `id_`, or None if no event names it.

    A customer's or a case's id tells the stream; for others all are looked through,
    each of which `progress` is called with.
    """
    for shard in events.shards_for(id_):
        if progress is not None:
            progress(shard)
        async for event in events.every(shard):
            kind = _names(event, id_)
            if kind is not None:
                whole = [
                    one
                    async for one in events.every(shard)
                    if one.customer == event.customer
                ]
                return trace_of(whole, id_, kind)
    return None


def trace_of(events: Sequence[Event], id_: str, kind: Kind) -> Trace:
    """Choose from one customer's events those on the way of `id_`."""
    way = _ways[kind](events, id_)
    befores = [None, *way[:-1]]
    steps = tuple(
        Step(event, says(event), event.at - before.at if before else None)
        for event, before in zip(way, befores, strict=True)
    )
    return Trace(id=id_, kind=kind, customer=events[0].customer, steps=steps)


def _names(event: Event, id_: str) -> Kind | None:
    facts = event.facts
    if event.customer == id_:
        return Kind.CUSTOMER
    if facts.get("case") == id_:
        return Kind.CASE
    if facts.get("key") == id_:
        return Kind.TEXT
    return Kind.MESSAGE if _is_message(event, id_) else None


def _is_message(event: Event, id_: str) -> bool:
    """A message may be named with its channel before it, as customers are."""
    message, channel = event.facts.get("message"), event.customer.partition(":")[0]
    return bool(message) and id_ in (message, f"{channel}:{message}")


# -- what is on whose way ----------------------------------------------------------


def _way_of_message(events: Sequence[Event], id_: str) -> list[Event]:
    """The message, what it was read together with, its texts and its case.

    The case counts from there until people resolve it.
    """
    mine = {id_}
    for event in events:
        if _is_message(event, id_):
            mine |= {event.facts["message"]} | read_with(events, event)
    texts = {e.facts.get("key") for e in events if e.facts.get("message") in mine}
    way: list[Event] = []
    case: str | None = None
    for event in events:
        facts = event.facts
        ours = facts.get("message") in mine
        if ours or (event.type in REPLY_EVENTS and facts.get("key") in texts):
            way.append(event)
            if event.type is EventType.MESSAGE_HANDLED:
                case = facts.get("case") or case
        elif event.type in CASE_EVENTS and case and facts.get("case") == case:
            way.append(event)
            case = None if facts.get("act") in _ENDS_A_CASE else case
    return way


def read_with(events: Sequence[Event], event: Event) -> set[str]:
    """Return the messages of the burst that this event of a message belongs to."""
    if event.type is not EventType.MESSAGE_HANDLED:
        return set()
    burst: set[str] = set()
    for one in events:
        if one.type is EventType.MESSAGE_HANDLED and one.at == event.at:
            burst.add(one.facts.get("message", ""))
            if one.facts.get("outcome") != Outcome.COALESCED.value:
                if event.facts.get("message") in burst:
                    return burst
                burst = set()
    return set()


def _way_of_text(events: Sequence[Event], id_: str) -> list[Event]:
    """The text, and before it the message that it replies to."""
    causes = {e.facts.get("message") for e in events if e.facts.get("key") == id_}
    causes -= {None, ""}
    return [
        event
        for event in events
        if event.facts.get("key") == id_
        or (event.type not in REPLY_EVENTS and event.facts.get("message") in causes)
    ]


def _way_of_case(events: Sequence[Event], id_: str) -> list[Event]:
    """Everything that names the case, its messages, and the texts written in it."""
    named = [event.facts for event in events if event.facts.get("case") == id_]
    texts = {facts["key"] for facts in named if facts.get("key")}
    messages = {facts["message"] for facts in named if facts.get("message")}
    return [
        event
        for event in events
        if event.facts.get("case") == id_
        or event.facts.get("key") in texts
        or (
            event.type is EventType.MESSAGE_ACCEPTED
            and event.facts.get("message") in messages
        )
    ]


def _way_of_customer(events: Sequence[Event], _: str) -> list[Event]:
    return list(events)


_ways: dict[Kind, Callable[[Sequence[Event], str], list[Event]]] = {
    Kind.MESSAGE: _way_of_message,
    Kind.TEXT: _way_of_text,
    Kind.CASE: _way_of_case,
    Kind.CUSTOMER: _way_of_customer,
}


# -- in words ----------------------------------------------------------------------


def says(event: Event) -> str:
    """Return what happened in words; ids and codes only, as in the event."""
    facts = event.facts
    what = event.type.value.replace("_", " ")
    if event.type is EventType.MESSAGE_ACCEPTED:
        rank = f", rank {facts['rank']}" if facts.get("rank") else ""
        return f"{facts.get('message')} accepted{rank}"
    if event.type is EventType.MESSAGE_HANDLED:
        return _decided(facts)
    if event.type in REPLY_EVENTS:
        who = "an agent's" if facts.get("speaker") == "agent" else "the bot's"
        return f"{who} {what} ({facts.get('key')}){_why(facts)}"
    if event.type is EventType.CASE_CHANGED:
        named = ("team", "resolution", "to", "message")
        detail = next((facts[one] for one in named if facts.get(one)), "")
        act = facts.get("act", "").replace("_", " ")
        return f"{facts.get('case')}: {facts.get('agent')} {act} {detail}".strip()
    if event.type in CASE_EVENTS:
        return f"{facts.get('case')}: {what}{_why(facts)}"
    return what + _why(facts)


def _decided(facts: dict[str, str]) -> str:
    if facts.get("outcome") == Outcome.COALESCED.value:
        return f"{facts.get('message')} read together with the next"
    label = f", read as {facts['label']}" if facts.get("label") else ""
    case = f", {facts['case']}" if facts.get("case") else ""
    outcome = facts.get("outcome", "").replace("_", " ")
    withheld = _words(facts.get("withheld", ""))
    silent = f"; the bot is silent: {withheld}" if withheld else ""
    return f"{facts.get('message')} {outcome}{_why(facts)}{label}{case}{silent}"


def _why(facts: dict[str, str]) -> str:
    code = facts.get("reason") or facts.get("problem") or ""
    return f": {_words(code)}" if code else ""


def _words(code: str) -> str:
    return _SAYS.get(code) or code.replace("_", " ")


_ENDS_A_CASE = frozenset({Act.RESOLVE.value, Act.GIVE_BACK.value})
_SAYS = {reason.value: reason.says for reason in Reason}
