"""A change as it was typed, made into what the files can hold."""

from __future__ import annotations

from dataclasses import replace

from bot.corpus.text import one_line
from bot.model.change import (
    AddExamples,
    Change,
    CreateLabel,
    Edit,
    EditAnswer,
    ReplaceExample,
)
from bot.model.example import Variant


def tidied(change: Change) -> Change:
    """Return the change with every new text tidy: single blanks, no loose ends."""
    return replace(change, edits=tuple(map(_tidied, change.edits)))


def _tidied(edit: Edit) -> Edit:
    if isinstance(edit, AddExamples):
        return replace(edit, texts=tuple(map(one_line, edit.texts)))
    if isinstance(edit, ReplaceExample):
        return replace(edit, new=one_line(edit.new))
    if isinstance(edit, CreateLabel):
        texts = tuple(map(one_line, edit.texts))
        return replace(edit, texts=texts, answer=_wordings(edit.answer))
    if isinstance(edit, EditAnswer):
        return replace(edit, variants=_wordings(edit.variants))
    return edit


def _wordings(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    return tuple(replace(v, text=_lines(v.text)) for v in variants)


def _lines(text: str) -> str:
    """Return a text of several lines without blanks at their ends."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
