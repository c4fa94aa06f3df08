"""JSON and moments as they go over the wire."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

Json = dict[str, Any]  # what comes in is checked in `shapes`, not by types


def stamp(moment: datetime, *, millis: bool = True) -> str:
    """Return `moment` as X writes it: in UTC, mostly with milliseconds."""
    utc = moment.astimezone(timezone.utc)
    if not millis:
        return utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"


def moment_of(text: str) -> datetime:
    """Read a moment from a request.

    Raises:
        ValueError: it is none, or says no time zone.
    """
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
