"""What one reads on a rendering, and what one can press."""

from __future__ import annotations

from collections.abc import Iterator


def says(made: object) -> str:
    """Return all words of a message or a dialogue, one text a line."""
    return "\n".join(_texts(made))


def pressable(made: object) -> list[str]:
    """Return the words of buttons and options, in order."""
    return [
        str(one["text"]["text"])
        for one in _dicts(made)
        if one.get("type") == "button" or ("value" in one and "type" not in one)
    ]


def only(made: object, kind: str) -> list[dict]:
    """Return the blocks or elements of one type."""
    return [one for one in _dicts(made) if one.get("type") == kind]


def _texts(made: object) -> Iterator[str]:
    for one in _dicts(made):
        text = one.get("text")
        if isinstance(text, str):
            yield text


def _dicts(made: object) -> Iterator[dict]:
    if isinstance(made, dict):
        yield made
        for value in made.values():
            yield from _dicts(value)
    elif isinstance(made, (list, tuple)):
        for value in made:
            yield from _dicts(value)
