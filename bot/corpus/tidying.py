"""A change as it was typed, made into what the files can hold."""

from __future__ import annotations

from dataclasses import replace

from bot.corpus.text import one_line, unusable
from bot.errors import InputError
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
    """Return the change with every new text tidy: single blanks, no loose ends.

    Raises:
        InputError: a text that no file can hold.
    """
    return replace(change, edits=tuple(map(_tidied, change.edits)))


def _tidied(edit: Edit) -> Edit:
    if isinstance(edit, AddExamples):
        return replace(edit, texts=tuple(map(_line, edit.texts)))
    if isinstance(edit, ReplaceExample):
        return replace(edit, new=_line(edit.new))
    if isinstance(edit, CreateLabel):
        texts = tuple(map(_line, edit.texts))
        return replace(edit, texts=texts, answer=_wordings(edit.answer))
    if isinstance(edit, EditAnswer):
        return replace(edit, variants=_wordings(edit.variants))
    return edit


def _wordings(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    return tuple(replace(v, text=_lines(v.text)) for v in variants)


def _line(text: str) -> str:
    return _usable(one_line(text))


def _lines(text: str) -> str:
    """Return a text of several lines without blanks at their ends."""
    return _usable("\n".join(line.rstrip() for line in text.strip().splitlines()))


def _usable(text: str) -> str:
    if reason := unusable(text):
        raise InputError(reason)
    return text
