"""What begin_send.lua moved to *sending*, as tasks for a sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from bot.clock import from_ms
from bot.model.message import CustomerId, MessageId
from bot.model.outgoing import Outgoing
from bot.model.work import SendTask
from bot.store.codec import load, structure
from bot.store.fast_json import from_json

_SHARED = ("key", "channel", "visibility", "thread", "speaker", "purpose")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenTask:
    """A text whose turn it is and that cannot be read: another version wrote it.

    `outgoing` holds what the scripts look at, and no words. `started`: it may have
    been sent already. `tries` counts how often it was put off.
    """

    outgoing: Outgoing
    until: datetime
    started: bool
    tries: int


def task_of(
    who: CustomerId, answer: tuple[str, str, int, int, str, int]
) -> SendTask | BrokenTask:
    """Return the task that an answer of begin_send.lua stands for."""
    what, entry, tries, waits, known, ends = answer
    until = from_ms(int(ends))
    facts = cast("dict[str, str]", from_json(entry))
    try:
        outgoing = load(facts["body"], Outgoing)
    except Exception:  # noqa: BLE001 - whatever an alien text does to us
        return BrokenTask(
            outgoing=_without_words(who, facts, until),
            until=until,
            started=what != "send",
            tries=int(tries),
        )
    return SendTask(
        outgoing=outgoing,
        until=until,
        look_up=what != "send",
        tries=int(tries),
        waits=int(waits),
        any_words=what == "look_back",
        known=frozenset(cast("list[MessageId]", from_json(known))),
    )


def _without_words(who: CustomerId, facts: dict[str, str], now: datetime) -> Outgoing:
    plain = {
        **{name: facts[name] for name in _SHARED},
        "customer": who,
        "handle": who.partition(":")[2],
        "text": "",
        "queued_at": now.isoformat(),
        "caused_at": from_ms(int(facts["caused"])).isoformat(),
        "reply_to": facts["reply_to"] or None,
        "case": facts["case"] or None,
    }
    return structure(plain, Outgoing)
