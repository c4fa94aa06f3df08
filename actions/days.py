"""Days as people say them."""

from __future__ import annotations

from datetime import date
from typing import Final

# Not `strftime`, whose words depend on the machine's locale.
_WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NEAR: Final = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def spoken(day: date, today: date) -> str:
    """Return `day` to follow a verb: "tomorrow", "on Wednesday 25 November"."""
    near = _NEAR.get((day - today).days)
    if near:
        return near
    return f"on {_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
