"""How a case stands at a moment: who waits, since when, and what is promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.case import ACTIVE, Case, CaseStatus
from bot.model.message import DIRECT, ThreadId, Visibility
from bot.model.record import Author, Delivery, Record
from bot.ports import CaseView

_NOT_OUT = frozenset(
    {Delivery.REFUSED, Delivery.UNKNOWN, Delivery.EXPIRED, Delivery.WITHHELD}
)


@dataclass(frozen=True, slots=True)
class Place:
    """A thread in which the customer has written, and what they wrote there last."""

    thread: ThreadId
    visibility: Visibility
    last: Record


def last_written(view: CaseView) -> Record | None:
    """Return the customer's last message."""
    return next((r for r in reversed(view.records) if _is_customers(r)), None)


def language_of(view: CaseView) -> str:
    """Return the code of the language that the customer wrote last, as far as known."""
    readings = (r.reading for r in reversed(view.records) if r.reading is not None)
    known = (one.signals.language for one in readings)
    return next((code for code in known if code != "und"), "und")


def said(record: Record) -> str:
    """Return the words of a record; what its author deleted is not there any more."""
    return "(deleted by its author)" if record.deleted_at else record.text


def waiting_since(view: CaseView) -> datetime | None:
    """Return since when the customer waits for a person; None if we wait for them."""
    if view.case.status in (CaseStatus.WAITING, CaseStatus.RESOLVED):
        return None
    since = view.case.opened_at
    for record in reversed(view.records):
        if record.author is Author.AGENT:
            break
        if _is_customers(record):
            since = record.at
            if record.at <= view.case.opened_at:
                break
    return since


def places(records: Sequence[Record]) -> list[Place]:
    """Return the threads where we can answer, the one written to last first."""
    newest: dict[ThreadId, Record] = {}
    for record in records:
        if _is_customers(record):
            newest.pop(record.thread, None)
            newest[record.thread] = record
    return [
        Place(thread, _visibility(thread), last)
        for thread, last in reversed(newest.items())
    ]


def on_its_way(view: CaseView) -> list[Record]:
    """Return the bot's texts that a claim came too late to stop."""
    return [
        record
        for record in view.records
        if record.author is Author.BOT and record.delivery is Delivery.SENDING
    ]


def not_delivered(view: CaseView) -> Record | None:
    """Return the last of our agents' texts if it did not go out for certain."""
    texts = [record for record in view.records if record.author is Author.AGENT]
    if texts and texts[-1].delivery in _NOT_OUT:
        return texts[-1]
    return None


def is_untold(case: Case) -> bool:
    """Tell whether nobody, bot or person, has told the customer that we have it."""
    told = case.acknowledged or case.answered_at is not None
    return case.status in ACTIVE and not told


def silence_reason(view: CaseView) -> str:
    """Return in words why the acknowledgement was kept back, if that is known."""
    withheld = [r.withheld for r in view.records if r.withheld is not None]
    return withheld[-1].says if withheld else ""


def _is_customers(record: Record) -> bool:
    return record.author is Author.CUSTOMER


def _visibility(thread: ThreadId) -> Visibility:
    return Visibility.PRIVATE if thread == DIRECT else Visibility.PUBLIC
