"""Entity marks in an example: "my [tent](product)", as Rasa reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.errors import InputError
from bot.model.example import Mark, key_of

# Rasa's own expression, so that what it takes for a mark is one here.
_MARK = re.compile(
    r"\[(?P<text>[^\]]+?)\]"
    r"(?:\((?P<kind>[^:)]+?)(?::(?P<value>[^)]+))?\)"
    r"|\{(?P<fields>[^}]+?)\}|\[(?P<several>.*?)\])"
)
# "[tent] (product)", "tent](product)", "[tent(product)": meant as marks, and none.
_BEGUN = re.compile(r"\]\s?[({\[][a-z_\"]+|\[[^\[\]()]*\([a-z_]+\)")
_LONGEST = 200  # characters of an entity


@dataclass(frozen=True, slots=True)
class Marked:
    """An example taken apart. `faults` are sentences about broken marks."""

    text: str
    marks: tuple[Mark, ...]
    faults: tuple[str, ...] = ()


def take_apart(marked: str) -> Marked:
    """Return text, marks and what is broken about the marks. Never raises."""
    text, marks, faults, at = "", [], [], 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        at = match.end()
        mark, fault = _mark(match, len(text))
        if mark is not None:
            marks.append(mark)
        if fault:
            faults.append(fault)
        text += match["text"]
    text += marked[at:]
    if not faults and _BEGUN.search(text):
        faults.append(
            "A bracket looks like the beginning of a mark. Marks are written "
            "[words](kind)."
        )
    return Marked(text, tuple(marks), tuple(faults))


def key_of_marked(marked: str) -> str:
    """Return the key of an example's text."""
    return key_of(take_apart(marked).text)


def put_together(text: str, marks: Sequence[Mark]) -> str:
    """Return `text` with `marks` written into it.

    Raises:
        InputError: marks overlap, lie outside, or cannot be written around brackets.
    """
    whole, at = "", 0
    ordered = sorted(marks, key=lambda mark: mark.start)
    for mark in ordered:
        if not at <= mark.start < mark.end <= len(text):
            raise InputError("Marks must lie within the text and not overlap.")
        whole += text[at : mark.start] + _written(text[mark.start : mark.end], mark)
        at = mark.end
    whole += text[at:]
    again = take_apart(whole)
    if (again.text, again.marks) != (text, tuple(ordered)) or again.faults:
        raise InputError("These marks cannot be written: the text holds brackets.")
    return whole


def unknown_kinds(marks: Sequence[Mark], known: Collection[str]) -> list[str]:
    """Return the kinds of `marks` that the domain does not have, each once."""
    return sorted({mark.kind for mark in marks} - set(known))


def _mark(match: re.Match[str], start: int) -> tuple[Mark | None, str]:
    """Return one mark, and what is wrong with how it is written ("": nothing)."""
    words = match["text"]
    kind, value = match["kind"], match["value"]
    if match["fields"]:
        fields = _fields(match["fields"])
        if fields is None:
            return None, 'A mark with braces is written [words]{"entity": "kind"}.'
        kind, value = fields
    elif match["several"] is not None:
        return None, "Mark one kind at a place: [words](kind)."
    if "[" in words or not words.strip() or len(words) > _LONGEST:
        return None, "A mark begins with one bracket and holds some words."
    value = None if value == words else value
    return Mark(kind, start, start + len(words), value), ""


def _fields(written: str) -> tuple[str, str | None] | None:
    """Return kind and value of {"entity": …, "value": …}; None if it holds others."""
    try:
        fields = json.loads("{" + written + "}")
    except ValueError:
        return None
    texts = all(isinstance(value, str) for value in fields.values())
    if not texts or not {"entity"} <= fields.keys() <= {"entity", "value"}:
        return None
    return fields["entity"], fields.get("value")


def _written(words: str, mark: Mark) -> str:
    if mark.value is None or mark.value == words:
        return f"[{words}]({mark.kind})"
    fields = {"entity": mark.kind, "value": mark.value}
    return f"[{words}]{json.dumps(fields, ensure_ascii=False)}"
