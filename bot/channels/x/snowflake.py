"""The moment inside X's ids: milliseconds, above 22 bits that count."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bot.clock import to_ms

_EPOCH_MS = 1_288_834_974_657  # X counts from here
_COUNTER_BITS = 22
_EPOCH = datetime.fromtimestamp(0, tz=timezone.utc)


def moment_of(id_: str) -> datetime:
    """Return when the post or direct message with this id was made.

    X's dates often have no milliseconds; its ids always have them.
    """
    ms = (int(id_) >> _COUNTER_BITS) + _EPOCH_MS
    return _EPOCH + timedelta(milliseconds=ms)


def just_before(moment: datetime) -> str:
    """Return the largest id that is older than everything made at `moment`."""
    first = max(to_ms(moment) - _EPOCH_MS, 0) << _COUNTER_BITS
    return str(max(first - 1, 0))
