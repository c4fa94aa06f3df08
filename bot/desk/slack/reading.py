"""Reads Slack's JSON: what is not there, or is something else, is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

_EMPTY: Json = {}


def part(body: Json, *path: str) -> Json:
    """Return the object at `path`; an empty one if there is none."""
    found: object = body
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else _EMPTY


def text(body: Json, *path: str) -> str:
    """Return the string at `path`; "" if there is none."""
    found = part(body, *path[:-1]).get(path[-1])
    return found if isinstance(found, str) else ""


def rows(body: Json, *path: str) -> Sequence[Json]:
    """Return the objects in the list at `path`."""
    found = part(body, *path[:-1]).get(path[-1])
    if not isinstance(found, list):
        return ()
    return [row for row in found if isinstance(row, Mapping)]
