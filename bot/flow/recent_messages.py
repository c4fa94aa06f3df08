"""What customers wrote lately, for whoever wants to see how it would be read now."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from bot.model.event import EventType
from bot.model.message import CustomerId
from bot.model.record import Author
from bot.ports import Cases, Events


async def recent_messages(
    events: Events, cases: Cases, *, since: datetime, limit: int
) -> dict[str, str]:
    """Return the texts of messages since a moment by their ids, the newest `limit`.

    Without those that their authors or the network have taken back: these are gone.
    """
    wanted = await _ids(events, since=since, limit=limit)
    customers = dict.fromkeys(customer for customer, _ in wanted)
    texts: dict[str, str] = {}
    for customer in customers:
        for record in await cases.records(customer):
            if record.author is Author.CUSTOMER and record.text.strip():
                texts[record.id] = record.text
    return {message: texts[message] for _, message in wanted if message in texts}


async def _ids(
    events: Events, *, since: datetime, limit: int
) -> deque[tuple[CustomerId, str]]:
    newest: deque[tuple[CustomerId, str]] = deque(maxlen=limit)
    cursors = events.before(since)
    while True:
        found, cursors = await events.since(cursors)
        if not found:
            return newest
        newest += [
            (event.customer, event.facts["message"])
            for event in found
            if event.type is EventType.MESSAGE_ACCEPTED
        ]
