"""How a case stands by what was written in it: who waits, since when, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.case import Case, CaseStatus
from bot.model.message import DIRECT, ThreadId, Visibility
from bot.model.record import Author, Record

_UNKNOWN = "und"  # the code of a language that nobody can tell


@dataclass(frozen=True, slots=True)
class Place:
    """A thread in which the customer has written, and what they wrote there last."""

    thread: ThreadId
    last: Record

    @property
    def visibility(self) -> Visibility:
        """Return who can read there."""
        return Visibility.PRIVATE if self.thread == DIRECT else Visibility.PUBLIC


def last_written(records: Sequence[Record]) -> Record | None:
    """Return the customer's last message."""
    return next((r for r in reversed(records) if _is_customers(r)), None)


def language_of(records: Sequence[Record]) -> str:
    """Return the code of the language that the customer wrote last; "" if not known."""
    readings = (r.reading for r in reversed(records) if r.reading is not None)
    codes = (one.signals.language for one in readings)
    return next((code for code in codes if code != _UNKNOWN), "")


def waiting_since(case: Case, records: Sequence[Record]) -> datetime | None:
    """Return since when the customer waits for a person; None if we wait for them."""
    if case.status in (CaseStatus.WAITING, CaseStatus.RESOLVED):
        return None
    since = case.opened_at
    for record in reversed(records):
        if record.author is Author.AGENT:
            break
        if _is_customers(record):
            since = record.at
            if record.at <= case.opened_at:
                break
    return since


def places(records: Sequence[Record]) -> list[Place]:
    """Return the threads where we can answer, the one written to last first."""
    newest: dict[ThreadId, Record] = {}
    for record in records:
        if _is_customers(record):
            newest.pop(record.thread, None)
            newest[record.thread] = record
    return [Place(thread, last) for thread, last in reversed(newest.items())]


def _is_customers(record: Record) -> bool:
    return record.author is Author.CUSTOMER
