"""One JSON object a message: what it was, what was made of it, what was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from bot.model.case import Case, CaseId
from bot.model.event import Event, EventType
from bot.model.message import CustomerId
from bot.model.reading import Request
from bot.model.record import Author, Delivery, Record
from bot.ports import Cases


async def report(
    events: Sequence[Event], cases: Cases, latency_ms: Mapping[str, float]
) -> list[dict[str, object]]:
    """Return a row for each message that was handled, in the order of handling."""
    latest = {
        (e.customer, e.facts["message"]): e
        for e in events
        if e.type is EventType.MESSAGE_HANDLED
    }
    handled = list(latest.values())
    known: dict[CustomerId, list[Record]] = {}
    opened: dict[str, Case] = {}
    rows = []
    for event in handled:
        if event.customer not in known:
            known[event.customer] = await cases.records(event.customer)
        case_id = event.facts.get("case")
        if case_id and case_id not in opened:
            opened[case_id] = await cases.get(CaseId(case_id))
        row = _row(event, known[event.customer], opened.get(case_id or ""))
        rows.append({**row, "latency_ms": latency_ms.get(event.facts["message"])})
    return rows


def _row(
    event: Event, records: Iterable[Record], case: Case | None
) -> dict[str, object]:
    message = event.facts["message"]
    mine = [r for r in records if message in (r.id, r.in_reply_to)]
    record = next((r for r in mine if r.id == message), None)
    reading = record.reading if record else None
    top = reading.top if reading else None
    replies = [
        r.text for r in mine if r.author is Author.BOT and r.delivery is Delivery.SENT
    ]
    return {
        "id": message,
        "customer": event.customer,
        "thread": record.thread if record else None,
        "visibility": record.visibility.value if record else None,
        "text": record.text if record else None,
        "intent": top.intent if top else None,
        "faq": top.faq if top else None,
        "confidence": round(top.confidence, 4) if top else None,
        "requests": [_request(r) for r in reading.requests] if reading else [],
        "alternatives": [_request(r) for r in reading.alternatives[:3]]
        if reading
        else [],
        "entities": [asdict(e) for e in reading.entities] if reading else [],
        "signals": asdict(reading.signals) if reading else None,
        "outcome": event.facts["outcome"],
        "reason": event.facts["reason"],
        "withheld": event.facts.get("withheld"),
        "team": event.facts.get("team"),
        "priority": case.priority.name.lower() if case else None,
        "replies": replies,
        "case": case.id if case else None,
    }


def _request(request: Request) -> dict[str, object]:
    return {"intent": request.label, "confidence": round(request.confidence, 4)}
