"""What becomes of an internal note when its author changes it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.model.case import Act
from bot.model.record import Author, Record


def note_of(records: Sequence[Record], id_: str) -> Record | None:
    """Return the note with this id, if it is there."""
    notes = (r for r in records if r.author is Author.NOTE and r.id == id_)
    return next(notes, None)


def changed_note(note: Record, text: str | None, *, at: datetime) -> Record | None:
    """Return a note as its author changed it at `at`; None if nothing is to change.

    Without a text it was deleted: nothing of it stays, and nothing changes it again.
    An edit that is older than the last one comes too late.
    """
    if note.deleted_at is not None:
        return None
    if text is None:
        return replace(note, text="", deleted_at=at)
    late = note.edited_at is not None and at <= note.edited_at
    return None if late or text == note.text else replace(note, text=text, edited_at=at)


def act_on(note: Record) -> Act:
    """Return the act that made a note what it is now."""
    return Act.DELETE_NOTE if note.deleted_at is not None else Act.EDIT_NOTE
