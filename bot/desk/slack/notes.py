"""Notes that stand in a thread of Slack already: nobody needs to read them twice."""

from __future__ import annotations

from datetime import datetime, timezone

from bot.desk.slack.heard import Said
from bot.model.record import Author, Record
from bot.ports.chat import Place


def changed_at(said: Said) -> datetime | None:
    """Return when a message was edited, by Slack's clock; None if it was deleted."""
    if said.what != "edited":
        return None
    version = said.key.rpartition(":")[2]  # see envelopes: the moment of the edit
    return datetime.fromtimestamp(float(version), tz=timezone.utc)


def stands_in(record: Record, card: Place) -> bool:
    """Tell whether a record is a note that was written in the thread of `card`."""
    thread = f":slack:{card.workspace}:{card.channel}:{card.ts}:"
    return record.author is Author.NOTE and thread in record.id
