"""When people answer, and what a customer may honestly be told about it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model.policy import OpeningHours

_LOOK_AHEAD_DAYS = 60  # longer closures are holidays without an end: say "soon"
_WEEKDAY_IS_CLEAR = 6  # days ahead that a weekday's name can be meant for


def is_open(now: datetime, hours: OpeningHours) -> bool:
    """Tell whether people are at work at `now`."""
    return _closing(now, hours) is not None


def next_opening(now: datetime, hours: OpeningHours) -> datetime | None:
    """Return when people are next at work, in their own time zone; None if unknown."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    for ahead in range(_LOOK_AHEAD_DAYS):
        span = _span(local.date() + timedelta(days=ahead), hours)
        if span is not None and span[0] > local:
            return span[0]
    return None


def expected_wait(now: datetime, hours: OpeningHours) -> str:
    """Return the wait in words that fit behind "a person will answer …".

    Clock time of open hours: a wait that would reach beyond closing time ends at the
    next opening.
    """
    wait, closes = hours.expected_wait, _closing(now, hours)
    if closes is not None and now + wait <= closes:
        return f"within about {_in_words(wait)}"
    opening = next_opening(now, hours)
    if opening is None:
        return "as soon as we are back"
    return _from(opening, now)


def _closing(now: datetime, hours: OpeningHours) -> datetime | None:
    """Return when the hours that run at `now` end; None if none do."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    span = _span(local.date(), hours)
    if span is None or not span[0] <= local < span[1]:
        return None
    return span[1]


def _from(opening: datetime, now: datetime) -> str:
    """Return "from 8:00 tomorrow", with as much of the date as is needed."""
    days = (opening.date() - now.astimezone(opening.tzinfo).date()).days
    clock = f"{opening.hour}:{opening.minute:02d}"
    if days == 0:
        return f"from {clock} today"
    if days == 1:
        return f"from {clock} tomorrow"
    if days > _WEEKDAY_IS_CLEAR:  # "on Tuesday" would be taken for the nearest one
        return f"from {clock} on {opening:%A} {opening.day} {opening:%B}"
    return f"from {clock} on {opening:%A}"


def _span(day: date, hours: OpeningHours) -> tuple[datetime, datetime] | None:
    if day in hours.holidays or day.weekday() not in hours.days:
        return None
    opens, closes = hours.days[day.weekday()]
    zone = ZoneInfo(hours.timezone)
    return (
        datetime.combine(day, opens, zone),
        datetime.combine(day, closes, zone),
    )


def _in_words(wait: timedelta) -> str:
    """Round up to what people say: 15 or 30 minutes, an hour, so many hours."""
    minutes = wait / timedelta(minutes=1)
    for limit, words in ((15, "15 minutes"), (30, "30 minutes"), (60, "an hour")):
        if minutes <= limit:
            return words
    return f"{-(-minutes // 60):.0f} hours"
