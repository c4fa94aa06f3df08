"""Entities marked in the text in which the model found them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.event import Outcome
from bot.model.message import MAX_TEXT
from bot.model.record import Author, Record


def marked(record: Record, records: Sequence[Record]) -> list[dict[str, str]]:
    """Return what was read, in pieces; pieces that are entities have a `kind`.

    Done here and not in the page because entities count characters as Python
    does, and browsers count UTF-16 units.
    """
    if record.reading is None:
        return [{"text": record.text}]
    text = _read_text(record, records)
    pieces: list[dict[str, str]] = []
    done = 0
    for entity in sorted(record.reading.entities, key=lambda e: (e.start, -e.end)):
        if entity.start < done:
            continue  # lies inside of the one before
        pieces.append({"text": text[done : entity.start]})
        pieces.append({"text": text[entity.start : entity.end], "kind": entity.kind})
        done = entity.end
    pieces.append({"text": text[done:]})
    return [piece for piece in pieces if piece["text"]]


def _read_text(record: Record, records: Sequence[Record]) -> str:
    """Return what the model saw: the messages of the burst that were read together."""
    texts = [record.text]
    before = [r for r in records[: _position(record, records)] if _same(r, record)]
    for earlier in reversed(before):
        if earlier.outcome is not Outcome.COALESCED:
            break
        texts.append(earlier.text)
    return "\n".join(reversed(texts))[-MAX_TEXT:]


def _position(record: Record, records: Sequence[Record]) -> int:
    return next(i for i, other in enumerate(records) if other.id == record.id)


def _same(record: Record, other: Record) -> bool:
    return record.author is Author.CUSTOMER and record.thread == other.thread
