"""Structured log events: a stable snake_case name, then facts as fields."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from typing import Protocol, Union

Field = Union[str, int, float, bool, None]


class Log(Protocol):
    def __call__(self, event: str, /, **fields: Field) -> None: ...


def json_log(event: str, /, **fields: Field) -> None:
    """Write one line of JSON. Customers' texts and secrets never go in a field."""
    logging.getLogger("firstline").info(json.dumps({"event": event, **fields}))


def place_of(error: BaseException) -> str:
    """Return the file and line that raised. Never the message: it may hold texts."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return "".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in last)
