"""Notes that stand in a thread of Slack already: nobody needs to read them twice."""

from __future__ import annotations

from bot.desk.slack.heard import Said
from bot.model.record import Author, Record
from bot.ports.chat import Place


def note_key(said: Said) -> str:
    """Return the key of a note; each version of it is one."""
    version = said.key.rpartition(":")[2]
    return said.id if said.what == "written" else f"{said.id}:{version}"


def stands_in(record: Record, card: Place) -> bool:
    """Tell whether a record is a note that was written in the thread of `card`."""
    thread = f":slack:{card.workspace}:{card.channel}:{card.ts}:"
    return record.author is Author.NOTE and thread in record.id
