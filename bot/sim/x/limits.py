"""X's limits of requests: fixed windows for each token and endpoint."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sim.x.refusals import too_many

QUARTER, DAY = timedelta(minutes=15), timedelta(hours=24)


@dataclass(frozen=True)
class Limit:
    """So many requests in a window, which begins with the first of them."""

    count: int
    per: timedelta = QUARTER
    whose: str = "user"  # of a day's limits: user or app

    @property
    def header(self) -> str:
        """Return how the headers begin that tell of it."""
        is_short = self.per == QUARTER
        return "x-rate-limit" if is_short else f"x-{self.whose}-limit-24hour"


@dataclass(frozen=True)
class Limits:
    """What holds for one endpoint, by the kind of token."""

    name: str
    per_user: tuple[Limit, ...] = ()
    per_app: tuple[Limit, ...] = ()


@dataclass
class _Window:
    ends: datetime
    used: int = 0


class Pace:
    """Counts requests and refuses those over a limit.

    Attributes:
        on: whether limits hold at all.
        silent: names of limits that send no headers, as some of X's do not;
            `*` stands for all.
    """

    def __init__(self) -> None:
        self.on = True
        self.silent: set[str] = set()
        self.changed: dict[str, tuple[Limit, ...]] = {}
        self._windows: dict[tuple[str, str, timedelta], _Window] = {}

    def take(
        self, limits: Limits, token: str, *, is_app: bool, now: datetime
    ) -> dict[str, str]:
        """Count one request.

        Returns:
            The headers that tell what is left.

        Raises:
            Refused: the window is full; nothing was counted.
        """
        own = limits.per_app if is_app else limits.per_user
        held = self.changed.get(limits.name, own)
        windows = [self._window(limits.name, token, limit, now) for limit in held]
        over = self.on and any(
            window.used >= limit.count
            for window, limit in zip(windows, held, strict=True)
        )
        if not over:
            for window in windows:
                window.used += 1
        headers: dict[str, str] = {}
        for window, limit in zip(windows, held, strict=True):
            headers |= self._headers(limit, window)
        if self.silent & {limits.name, "*"}:
            headers = {}
        if over:
            raise too_many(headers, is_violation=True)
        return headers

    def _window(self, name: str, token: str, limit: Limit, now: datetime) -> _Window:
        key = (name, token, limit.per)
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = _Window(now + limit.per)
        return window

    def _headers(self, limit: Limit, window: _Window) -> dict[str, str]:
        return {
            f"{limit.header}-limit": str(limit.count),
            f"{limit.header}-remaining": str(max(limit.count - window.used, 0)),
            f"{limit.header}-reset": str(math.ceil(window.ends.timestamp())),
        }
