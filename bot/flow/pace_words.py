"""How long a reply will wait for the network's pace, in words for its writer. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.model.allowance import Allowance
from bot.model.message import Visibility

_FELT = 4  # so many times its length, and it is the longer limit that keeps texts back
WORTH_SAYING = timedelta(minutes=1)
_KIND = {Visibility.PUBLIC: "public posts", Visibility.PRIVATE: "direct messages"}
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def told_wait(
    wait: timedelta,
    network: str,
    visibility: Visibility,
    allowances: Sequence[Allowance],
) -> str:
    """Return the sentence; "" if the wait is too short to be worth one."""
    if wait < WORTH_SAYING or not allowances:
        return ""
    shortest, *_, longest = sorted((*allowances, *allowances), key=lambda one: one.per)
    felt = shortest if wait <= _FELT * shortest.per else longest
    limit = f"{felt.count:,} {_KIND[visibility]} {_within(felt.per)}"
    return f"It goes out in about {_lasting(wait)}: {network} lets us send {limit}."


def told_apart(apart: timedelta, network: str) -> str:
    """Return what is to be known of words that our account has just posted."""
    return (
        f"We have just posted the same words to somebody: {network} may refuse them, and "
        f"gets them {apart / timedelta(seconds=1):g} s apart at the least."
    )


def _within(per: timedelta) -> str:
    if per == _DAY:
        return "a day"
    return f"in {per / _MINUTE:g} minutes"


def _lasting(wait: timedelta) -> str:
    if wait < 2 * _HOUR:
        return f"{round(wait / _MINUTE)} min"
    return f"{round(wait / _HOUR)} hours"
