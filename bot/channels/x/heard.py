"""Events that wait to be taken in, until whoever took them says that they are stored."""

from __future__ import annotations

import secrets
from collections import deque
from datetime import datetime, timedelta
from itertools import count

from bot.channels.x import events
from bot.channels.x.events import Event

_MOST_ASKED_FOR = 1_000  # posts and direct messages, which are also asked for
_MOST_ELSE = 5_000  # what comes here only
_KEPT = timedelta(hours=1)  # after they were taken: a reader may go back that far

_MOST_PROCESSES = 8  # whose marks are kept: those that ran last

Numbered = tuple[int, Event]


class Heard:
    """Numbers events. A mark names the last one that was taken of each process.

    The mark travels in the cursor, which is kept only after everything before it is
    stored: what was handed over and never stored is handed over again. Processes that
    read the same channel share the cursor, and leave each other's part of it alone.
    """

    def __init__(self) -> None:
        self._process, self._numbers = secrets.token_hex(4), count(1)
        self._asked_for: deque[Numbered] = deque(maxlen=_MOST_ASKED_FOR)
        self._only_here: deque[Numbered] = deque(maxlen=_MOST_ELSE)

    def add(self, event: Event) -> None:
        only = event.kind in (events.DELETED, events.ENCRYPTED)
        waiting = self._only_here if only else self._asked_for
        waiting.append((next(self._numbers), event))

    def after(self, mark: str, *, now: datetime) -> list[tuple[str, Event]]:
        """Return what was heard after `mark`, each with its own mark."""
        taken, others = self._number(mark), self._others(mark)
        for waiting in (self._asked_for, self._only_here):
            while waiting and self._is_over(waiting[0], taken, now):
                waiting.popleft()
        new = sorted(
            (one for one in (*self._asked_for, *self._only_here) if one[0] > taken),
            key=lambda one: one[0],
        )
        return [
            (" ".join((f"{self._process}:{number}", *others)), event)
            for number, event in new
        ]

    def _number(self, mark: str) -> int:
        for one in mark.split():
            process, _, number = one.partition(":")
            if process == self._process and number.isascii() and number.isdecimal():
                return int(number)
        return 0

    def _others(self, mark: str) -> list[str]:
        """Return what a mark says of other processes, the latest first."""
        others = [one for one in mark.split() if not one.startswith(self._process)]
        return others[: _MOST_PROCESSES - 1]

    @staticmethod
    def _is_over(one: Numbered, taken: int, now: datetime) -> bool:
        number, event = one
        return number <= taken and now - event.came_at > _KEPT
