"""How fast we may write: one lane for each channel, and what Slack asks to wait for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.desk.slack.failures import Slowed

POST: Final = "chat.postMessage"
UPDATE: Final = "chat.update"
LOOK_UP: Final = "conversations"  # .history and .replies
GAP = timedelta(seconds=1)  # between two of a kind in one channel


class Pace:
    """Who may write when. Slack limits posts by channel and the rest by method."""

    def __init__(self) -> None:
        self._free_at: dict[str, datetime] = {}

    def is_free(self, method: str, channel: str, now: datetime) -> bool:
        """Tell whether a request may go out now."""
        lanes = (method, channel, f"{method} {channel}")
        return all(self._free_at.get(lane, now) <= now for lane in lanes)

    def use(self, method: str, channel: str, now: datetime) -> None:
        """Note that one goes out."""
        self._hold(f"{method} {channel}", now + GAP)

    def slow_down(self, slowed: Slowed, channel: str, now: datetime) -> None:
        """Obey what Slack says of a method."""
        lane = slowed.method
        if slowed.method == POST:
            lane = f"{POST} {channel}"
        elif slowed.method.startswith(f"{LOOK_UP}."):
            lane = LOOK_UP
        self._hold(lane, now + slowed.after)

    def close(self, channel: str, until: datetime) -> None:
        """Write nothing there until then."""
        self._hold(channel, until)

    def _hold(self, lane: str, until: datetime) -> None:
        self._free_at[lane] = max(self._free_at.get(lane, until), until)
