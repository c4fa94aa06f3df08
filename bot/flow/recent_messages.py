"""What customers wrote lately, for whoever wants to see how it would be read now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.model.event import Event, EventType
from bot.model.record import Author
from bot.ports import Cases, Events


async def recent_messages(
    events: Events, cases: Cases, *, since: datetime, limit: int
) -> dict[str, str]:
    """Return the texts of messages since a moment by their ids, the newest `limit`.

    Without those that their authors or the network have taken back: these are gone.
    """
    wanted = await _accepted(events, since=since, limit=limit)
    texts: dict[str, str] = {}
    for customer in dict.fromkeys(event.customer for event in wanted):
        for record in await cases.records(customer):
            if record.author is Author.CUSTOMER and record.text.strip():
                texts[record.id] = record.text
    ids = [event.facts["message"] for event in wanted]
    return {message: texts[message] for message in ids if message in texts}


async def _accepted(events: Events, *, since: datetime, limit: int) -> Sequence[Event]:
    newest: list[Event] = []
    cursors = events.before(since)
    while True:
        found, cursors = await events.since(cursors)
        if not found:
            return newest
        newest += [
            event
            for event in found
            if event.type is EventType.MESSAGE_ACCEPTED and event.at >= since
        ]
        # A busy shard takes more pages than others: the last page is not the newest.
        newest = sorted(newest, key=lambda event: event.at)[-limit:]
