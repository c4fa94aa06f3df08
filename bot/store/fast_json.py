"""JSON as the store keeps it, by a library in C; our own nouns need no help."""

from __future__ import annotations

import json

import orjson
from cattrs.preconf.json import make_converter

converter = make_converter()


def to_json(value: object) -> str:
    """Return dataclasses, enums, moments and plain data as compact JSON.

    Half of a surrogate pair is neither UTF-8 nor, escaped, a text to cjson: it
    becomes U+FFFD, so that one character stops no turn.
    """
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # half of a pair, or a number that is no plain one
        text = json.dumps(
            converter.unstructure(value), ensure_ascii=False, separators=(",", ":")
        )
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def from_json(text: str) -> object:
    """Return what a text of JSON says, whoever wrote it.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # it is strict about escaped halves of a pair
        return json.loads(text)
