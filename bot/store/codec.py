"""Frozen dataclasses to JSON and back, and cases to flat Redis hashes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import datetime
from enum import Enum
from math import inf
from operator import attrgetter
from typing import TypeVar, cast

from bot.clock import from_ms, to_ms
from bot.model.case import Case
from bot.model.customer import Customer, ThreadState, newest_threads
from bot.model.message import Message, ThreadId
from bot.model.rank import Rank
from bot.model.record import Record
from bot.model.work import Buried, Mail, SendFailure
from bot.store.fast_json import converter, from_json, to_json

T = TypeVar("T")

_HASH_TIMES = (
    "opened_at",
    "changed_at",
    "claimed_at",
    "resolved_at",
    "silent_since",
    "answered_at",
    "snoozed_until",
    "unclaimed_at",
    "sla_near_at",
    "sla_missed_at",
    "followed_up_at",
    "lapsed_at",
    "closed_at",
)
_HASH_OPTIONAL = (
    "assignee",
    "resolution",
    "corrected_label",
    "lapsed_from",
    "incident",
    "rating",
)
_HASH_LISTS = ("priority_reasons", "tags", "learned")
_HASH_LISTS_OF_TIMES = ("later_answers",)
_HASH_NUMBERS = ("confidence", "priority", "reopened", "acknowledged")
_HASH_FIELDS = tuple(
    field.name
    for field in fields_of(Case)
    if field.name not in ("incident", "revision")
)
_hash_values = attrgetter(*_HASH_FIELDS)

_OF_THREAD = frozenset({"spoke", "bot", "unsent"})

_STATE_FIELDS = {
    field.name: field.default
    for field in fields_of(Customer)
    if field.name not in ("threads", "case", "epoch", "earlier_dead")
}
_THREAD_FIELDS = {
    field.name: field.default
    for field in fields_of(ThreadState)
    if field.name not in ("spoke_at", "bot_spoke_at", "unsent")
}

# Mails by the kind that stands beside them; bury.lua knows these names too.
_MAILS: dict[str, type[Mail]] = {
    "message": Message,
    "send_failure": SendFailure,
    "buried": Buried,
}


def dump(value: object) -> str:
    """Return a dataclass as compact JSON."""
    return to_json(value)


# A quote within a string is escaped, so that this never matches what somebody wrote.
_NOTHING = re.compile(
    r',(?:"\w+":(?:null|\[\])|"nature":"written"|"summoned":true|"hideable":false)'
)


def dump_record(record: Record) -> str:
    """Return a line of a transcript, without the fields that say nothing.

    A regular's transcript is most of what the store keeps of them, and `load` knows
    what is left out.
    """
    return _NOTHING.sub("", dump(record))


def load(text: str, kind: type[T]) -> T:
    """Build a `kind` from what `dump` wrote."""
    return converter.structure(from_json(text), kind)


def structure(plain: object, kind: type[T]) -> T:
    """Build a `kind` from plain data, as `load` does from JSON."""
    return converter.structure(plain, kind)


def dump_mail(mail: Mail, rank: Rank = Rank.MIDDLE) -> str:
    """Return a mail as JSON that names its kind and rank."""
    kind = next(name for name, made in _MAILS.items() if isinstance(mail, made))
    return to_json({"kind": kind, "rank": rank.value, "body": mail})


def load_mail(text: str) -> tuple[Mail, Rank]:
    """Undo `dump_mail`."""
    data = cast("dict[str, str]", from_json(text))
    mail = converter.structure(data["body"], _MAILS[data["kind"]])
    return mail, Rank(data.get("rank", Rank.MIDDLE))


def case_to_hash(case: Case) -> dict[str, str]:
    """Return the case as strings: times in ms, lists as JSON, nothing as "".

    Left out are its incident, which join_incident.lua alone writes, and its
    revision, which the scripts count.
    """
    return dict(zip(_HASH_FIELDS, map(_plain, _hash_values(case)), strict=True))


def _plain(value: object) -> str:
    if value is None:  # as most fields of a new case are
        return ""
    if type(value) is str:
        return value
    if isinstance(value, datetime):
        return str(to_ms(value))
    if isinstance(value, str):
        return str(value.value if isinstance(value, Enum) else value)
    return "[]" if value == () else to_json(value)


def case_from_hash(fields: Mapping[str, str]) -> Case:
    """Undo `case_to_hash`."""
    plain: dict[str, object] = dict(fields)
    for name in _HASH_OPTIONAL:
        plain[name] = fields.get(name) or None
    for name in _HASH_TIMES:
        value = fields.get(name)
        plain[name] = from_ms(int(value)).isoformat() if value else None
    for name in (*_HASH_LISTS, *_HASH_NUMBERS):
        plain[name] = json.loads(fields[name])
    for name in _HASH_LISTS_OF_TIMES:  # older cases have none
        plain[name] = json.loads(fields.get(name) or "[]")
    plain["revision"] = int(fields.get("revision", 0))
    return converter.structure(plain, Case)


def case_changes(before: Case, after: Case) -> dict[str, str]:
    """Return the fields of the hash in which the two differ, as they are after."""
    old, new = case_to_hash(before), case_to_hash(after)
    return {name: value for name, value in new.items() if value != old[name]}


def state_to_json(customer: Customer) -> str:
    """Return what only the worker writes; times of sending are kept by the scripts.

    Whether mails are parked is the scripts' to say too: people clear it by resolving.
    What is as it was at the beginning is left out: most customers wrote once. That
    they opted out or not stays, where change_case.lua looks for it.
    """
    threads = {
        thread: _telling(state, _THREAD_FIELDS)
        for thread, state in customer.threads.items()
    }
    told = _telling(customer, _STATE_FIELDS)
    return to_json({**told, "opted_out": customer.opted_out, "threads": threads})


def _telling(noun: object, fields: Mapping[str, object]) -> dict[str, object]:
    """Return those of `fields` (name -> default) in which `noun` differs."""
    found = {name: getattr(noun, name) for name in fields}
    return {name: value for name, value in found.items() if value != fields[name]}


def customer_from_hash(fields: Mapping[str, str], case: Case | None) -> Customer:
    """Put the worker's state and the scripts' fields together.

    The scripts keep `spoke:<thread>`, `bot:<thread>` (ms) and `unsent:<thread>`.
    """
    customer = load(fields["state"], Customer)
    threads: dict[ThreadId, ThreadState] = {}
    for name, value in fields.items():
        field, _, thread = name.partition(":")
        if field not in _OF_THREAD:
            continue
        old = threads.get(ThreadId(thread)) or customer.thread(ThreadId(thread))
        threads[ThreadId(thread)] = _with_field(old, field, int(value))
    return replace(
        customer,
        threads=_latest(customer.threads, threads),
        case=case,
        epoch=int(fields.get("epoch", 0)),
        earlier_dead=fields.get("parked") == "1",
    )


def forgotten_fields(fields: Mapping[str, str], customer: Customer) -> tuple[str, ...]:
    """Return the scripts' fields about threads that `customer` no longer has."""
    names = (name.partition(":") for name in fields)
    return tuple(
        f"{field}:{thread}"
        for field, _, thread in names
        if field in _OF_THREAD and thread not in customer.threads
    )


def _latest(
    kept: Mapping[ThreadId, ThreadState], moved: Mapping[ThreadId, ThreadState]
) -> dict[ThreadId, ThreadState]:
    """Return the threads in which we were last active, the latest at the end.

    `moved` are those with times of sending; the scripts keep these of every thread
    that ever was, which must not displace what the worker keeps. A thread without a
    time is placed by its neighbour in the state, which is in order of activity.
    """
    ranks: dict[ThreadId, float] = {}
    before = 0.0
    for thread in kept:
        spoke_at = moved.get(thread, kept[thread]).spoke_at
        before = spoke_at.timestamp() if spoke_at else before
        ranks[thread] = before
    for thread, state in moved.items():
        if thread not in ranks:
            ranks[thread] = state.spoke_at.timestamp() if state.spoke_at else 0.0
        if state.unsent:
            ranks[thread] = inf  # a text is on its way there
    order = sorted(ranks, key=lambda thread: ranks[thread])
    return newest_threads({t: moved[t] if t in moved else kept[t] for t in order})


def _with_field(state: ThreadState, field: str, value: int) -> ThreadState:
    if field == "unsent":
        return replace(state, unsent=max(0, value))
    if field == "spoke":
        return replace(state, spoke_at=from_ms(value))
    return replace(state, bot_spoke_at=from_ms(value))
