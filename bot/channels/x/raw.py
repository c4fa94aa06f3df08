"""What X sends, taken apart with suspicion: nothing is believed to be there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import cast

from bot.errors import PermanentFailure

Fields = Mapping[str, object]
NOTHING: Fields = {}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?Z")


class UndecodableError(PermanentFailure):
    """Says in words what is wrong, without the content."""


def fields_of(value: object) -> Fields:
    """Return `value` if it is an object with names, else an empty one."""
    return cast("Fields", value) if isinstance(value, dict) else NOTHING


def within(fields: Fields, *names: str) -> Fields:
    """Return the object that lies under `names`, one below the other."""
    for name in names:
        fields = fields_of(fields.get(name))
    return fields


def items_of(value: object) -> Sequence[Fields]:
    """Return the objects in a list, or none."""
    if not isinstance(value, list):
        return ()
    return [cast("Fields", one) for one in value if isinstance(one, dict)]


def texts_of(value: object) -> Sequence[str]:
    """Return the texts in a list, or none."""
    if not isinstance(value, list):
        return ()
    return [one for one in value if isinstance(one, str)]


def text_in(fields: Fields, name: str) -> str | None:
    """Return a text, or None if there is none."""
    value = fields.get(name)
    return value if isinstance(value, str) and value else None


def number_in(fields: Fields, name: str) -> int | None:
    """Return a number that counts something, or None."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return value


def needed(fields: Fields, name: str) -> str:
    """Return a text that has to be there.

    Raises:
        UndecodableError: it is not.
    """
    value = text_in(fields, name)
    if value is None:
        raise UndecodableError(f"field {name!r} is missing or not a text")
    return value


def id_in(fields: Fields, name: str = "id") -> str:
    """Return an id, which is digits.

    Raises:
        UndecodableError: it is not.
    """
    value = needed(fields, name)
    if not value.isascii() or not value.isdecimal() or len(value) > 19:
        raise UndecodableError(f"field {name!r} is no id")
    return value


def moment_in(fields: Fields, name: str) -> datetime | None:
    """Return a moment as X writes it, with milliseconds or without, or None."""
    found = _MOMENT.fullmatch(text_in(fields, name) or "")
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(found[1])
    except ValueError:  # such as the thirtieth of February
        return None
    micros = int((found[2] or ".0")[1:].ljust(6, "0"))
    return moment.replace(microsecond=micros, tzinfo=timezone.utc)
