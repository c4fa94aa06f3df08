"""How many requests Slack takes, by method and by channel."""

from __future__ import annotations

import math
from collections.abc import Callable

from tests.slack_double.errors import Limited

A_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}  # tier -> requests of a method
OWN_LIMIT = 600  # "hundreds a minute", for methods without a tier
POSTS_AT_ONCE = 3  # short bursts above one a second are let through


class Pace:
    """Buckets that fill again; off until switched on."""

    def __init__(self, now: Callable[[], float], *, on: bool = False) -> None:
        self._now = now
        self.on = on
        self._buckets: dict[str, tuple[float, float]] = {}  # level, when

    def take(self, method: str, *, tier: int, channel: str | None) -> None:
        """Count one request.

        Raises:
            Limited: it is one too many.
        """
        if not self.on:
            return
        if method == "chat.postMessage":
            self._take(f"post:{channel}", size=POSTS_AT_ONCE, a_second=1.0)
            return
        size = A_MINUTE.get(tier, OWN_LIMIT)
        if method == "apps.connections.open":
            size = 10  # one a minute stands; some at once are let through
        self._take(method, size=size, a_second=size / 60)

    def _take(self, name: str, *, size: float, a_second: float) -> None:
        now = self._now()
        level, since = self._buckets.get(name, (size, now))
        level = min(size, level + (now - since) * a_second)
        if level < 1:
            self._buckets[name] = (level, now)
            raise Limited(max(1, math.ceil((1 - level) / a_second)))
        self._buckets[name] = (level - 1, now)
