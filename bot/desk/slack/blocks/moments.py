"""The moments until which a case can be put aside with one click."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.desk.slack.blocks.elements import Json, option
from bot.model.hours import is_open, next_opening
from bot.model.policy import OpeningHours

_SOON = ((1, "In an hour"), (3, "In 3 hours"))
_MORNING = time(9)  # where the policy knows of no opening
_WEEKDAY_IS_CLEAR = 6  # days ahead that a weekday's name can be meant for


def snooze_moments(
    now: datetime, hours: OpeningHours, zone: ZoneInfo
) -> Iterator[Json]:
    """Yield choices whose values are seconds since 1970, told in the reader's `zone`.

    While we are open nothing comes back when we are closed; whoever works out of hours
    gets all of them.
    """
    works, opening = is_open(now, hours), next_opening(now, hours)
    for count, says in _SOON:
        then = (now + timedelta(hours=count)).astimezone(zone)
        if then != opening and (is_open(then, hours) or not works):
            yield _moment(f"{says}, at {then:%H:%M}", then)
    yield _opening(opening.astimezone(zone), now) if opening else _tomorrow(now, zone)


def _opening(then: datetime, now: datetime) -> Json:
    return _moment(f"When we open, {_day(then, now)} at {then:%H:%M}", then)


def _tomorrow(now: datetime, zone: ZoneInfo) -> Json:
    day = now.astimezone(zone).date() + timedelta(days=1)
    morning = datetime.combine(day, _MORNING, zone)
    return _moment(f"Tomorrow at {_MORNING:%H:%M}", morning)


def _day(then: datetime, now: datetime) -> str:
    days = (then.date() - now.astimezone(then.tzinfo).date()).days
    if days <= 1:
        return "tomorrow" if days else "today"
    if days > _WEEKDAY_IS_CLEAR:
        return f"{then:%A}, {then.day} {then:%B}"
    return f"on {then:%A}"


def _moment(says: str, then: datetime) -> Json:
    return option(says, str(int(then.timestamp())))
