"""Frozen dataclasses to JSON and back, and cases to flat Redis hashes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import TypeVar

from cattrs.preconf.json import make_converter

from bot.clock import from_ms, to_ms
from bot.model.case import Case
from bot.model.customer import Customer, ThreadState
from bot.model.message import Message, ThreadId
from bot.model.work import Mail, SendFailure

T = TypeVar("T")

_converter = make_converter()
_HASH_TIMES = ("opened_at", "changed_at", "claimed_at", "resolved_at")
_HASH_OPTIONAL = ("assignee", "resolution", "corrected_label")
_HASH_LISTS = ("priority_reasons", "tags", "learned")
_HASH_NUMBERS = ("confidence", "priority", "reopened", "acknowledged")


def dump(value: object) -> str:
    """Return a dataclass as compact JSON."""
    return json.dumps(
        _converter.unstructure(value), ensure_ascii=False, separators=(",", ":")
    )


def load(text: str, kind: type[T]) -> T:
    """Build a `kind` from what `dump` wrote."""
    return _converter.structure(json.loads(text), kind)


def dump_mail(mail: Mail) -> str:
    kind = "message" if isinstance(mail, Message) else "send_failure"
    return json.dumps({"kind": kind, "body": _converter.unstructure(mail)})


def load_mail(text: str) -> Mail:
    data = json.loads(text)
    if data["kind"] == "message":
        return _converter.structure(data["body"], Message)
    return _converter.structure(data["body"], SendFailure)


def case_to_hash(case: Case) -> dict[str, str]:
    """Return the case as strings: times in ms, lists as JSON, nothing as ""."""
    plain = _converter.unstructure(case)
    for name in _HASH_TIMES:
        moment: datetime | None = getattr(case, name)
        plain[name] = "" if moment is None else str(to_ms(moment))
    for name in _HASH_LISTS:
        plain[name] = json.dumps(plain[name], ensure_ascii=False)
    for name in _HASH_NUMBERS:
        plain[name] = json.dumps(plain[name])
    return {name: _plain(value) for name, value in plain.items()}


def _plain(value: object) -> str:
    if value is None:
        return ""
    return str(value.value if isinstance(value, Enum) else value)


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
    return _converter.structure(plain, Case)


def state_to_json(customer: Customer) -> str:
    """Return what only the worker writes; times of sending are kept by the scripts."""
    threads = {
        thread: replace(state, spoke_at=None, bot_spoke_at=None, unsent=0)
        for thread, state in customer.threads.items()
    }
    return dump(replace(customer, threads=threads, case=None, epoch=0))


def customer_from_hash(fields: Mapping[str, str], case: Case | None) -> Customer:
    """Put the worker's state and the scripts' fields together.

    The scripts keep `spoke:<thread>`, `bot:<thread>` (ms) and `unsent:<thread>`.
    """
    customer = load(fields["state"], Customer)
    threads = dict(customer.threads)
    for name, value in fields.items():
        field, _, thread = name.partition(":")
        if field not in ("spoke", "bot", "unsent"):
            continue
        old = threads.get(ThreadId(thread), ThreadState())
        threads[ThreadId(thread)] = _with_field(old, field, int(value))
    return replace(
        customer,
        threads=threads,
        case=case,
        epoch=int(fields.get("epoch", 0)),
        earlier_dead=customer.earlier_dead or fields.get("parked") == "1",
    )


def _with_field(state: ThreadState, field: str, value: int) -> ThreadState:
    if field == "unsent":
        return replace(state, unsent=max(0, value))
    if field == "spoke":
        return replace(state, spoke_at=from_ms(value))
    return replace(state, bot_spoke_at=from_ms(value))
