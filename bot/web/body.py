"""The body of a write: JSON, measured, and read field by field with a kind refusal."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.errors import InputError

LIMIT = 256 * 1024  # bytes: ten times the longest text, whatever its script
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


class Body:
    """The fields of one write.

    Attributes:
        key: made by the page; the same key is the same write, however often it comes.
    """

    def __init__(self, fields: Mapping[str, object], *, key: str) -> None:
        self._fields, self.key = fields, key

    @classmethod
    async def of(cls, request: Request) -> Body:
        """Read the body and the Idempotency-Key of `request`.

        Raises:
            InputError: it is not a JSON object, or the key is missing.
            HTTPException: 413, it is larger than LIMIT.
        """
        key = request.headers.get("idempotency-key", "")
        if not _KEY.fullmatch(key):
            raise InputError("A write needs an Idempotency-Key of 8 to 64 characters.")
        try:
            fields = json.loads(await _measured(request))
        except (ValueError, RecursionError) as error:
            raise InputError("The request is not JSON.") from error
        if not isinstance(fields, dict):
            raise InputError("The request is not a JSON object.")
        return cls(fields, key=key)

    def text(self, name: str) -> str:
        """Return a field that must be a text which is not blank."""
        value = self.optional(name)
        if not value.strip():
            raise InputError(f"“{name}” is empty.")
        return value

    def optional(self, name: str) -> str:
        """Return a text field, "" if it is absent."""
        value = self._fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise InputError(f"“{name}” must be a text.")
        return _whole(value)

    def moment(self, name: str) -> datetime:
        """Return a field that must be a moment with its time zone, as ISO 8601."""
        try:
            moment = datetime.fromisoformat(re.sub("Z$", "+00:00", self.text(name)))
        except ValueError as error:
            raise InputError(f"“{name}” is no moment.") from error
        if moment.tzinfo is None:
            raise InputError(f"“{name}” has no time zone.")
        return moment

    def texts(self, name: str) -> list[str]:
        """Return a field that must be a list of texts."""
        value = self._fields.get(name)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise InputError(f"“{name}” must be a list of texts.")
        return [_whole(one) for one in value]

    def within(self, name: str) -> list[Body]:
        """Return a field that must be a list of objects, each to be read likewise."""
        value = self._fields.get(name)
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise InputError(f"“{name}” must be a list of objects.")
        return [Body(one, key=self.key) for one in value]

    def has(self, name: str) -> bool:
        """Tell whether the field is there and says something: not null, false or ""."""
        return bool(self._fields.get(name))


async def _measured(request: Request) -> bytes:
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > LIMIT:
            raise HTTPException(413, "The text is too long to be taken at all.")
    return bytes(received)


def _whole(text: str) -> str:
    """Join surrogate pairs; half a pair, which nothing can store, becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
