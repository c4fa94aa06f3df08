"""Adds up how messages are read, and says when that has moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.flow.drift import BEFORE, NOW, shifts, tally
from bot.flow.duty import Duty
from bot.model.drift import Shift
from bot.model.event import Event
from bot.model.policy import Policy
from bot.ports import Duties, Events, ReadingDays

READER: Final = "drift"
DUTY: Final = "drift"
EVENTS_AT_ONCE: Final = 500  # of each shard
FIRST_LOOK: Final = timedelta(days=7)  # how far back a first start looks
KEPT: Final = NOW + BEFORE + timedelta(days=5)


class DriftKeeper:
    """Follows the events and adds each to its day once; one process at a time does so."""

    def __init__(
        self,
        *,
        events: Events,
        days: ReadingDays,
        duties: Duties,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._events, self._days = events, days
        self._duty, self._clock = Duty(duties, DUTY), clock
        self._zone = ZoneInfo(policy.hours.timezone)

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on: in which time zone a day begins."""
        self._zone = ZoneInfo(policy.hours.timezone)

    async def step(self) -> int:
        """Add what happened since the last step; return how many events that were.

        Raises:
            TemporaryFailure: the store is away; the same events come again.
        """
        now = self._clock.now()
        if await self._duty.hold(now) is None:
            return 0
        cursors, turn = await self._days.cursors()
        if not cursors:
            await self._events.bookmark(READER)  # what was not added is not archived
            cursors = self._events.before(now - FIRST_LOOK)
        events, after = await self._events.since(cursors, limit=EVENTS_AT_ONCE)
        if not events:
            return 0
        added = await self._days.add(
            tally(events, self._day_of),
            cursors=after,
            after_turn=turn,
            kept_since=self._date(now) - KEPT,
        )
        if added:
            await self._events.keep_bookmark(READER, after)
        return len(events)

    def _day_of(self, event: Event) -> date:
        return self._date(event.at)

    def _date(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()


class DriftLook:
    """What has moved, for whoever asks; nothing is remembered."""

    def __init__(self, days: ReadingDays, policy: Callable[[], Policy]) -> None:
        self._days, self._policy = days, policy

    async def __call__(self, now: datetime) -> tuple[Shift, ...]:
        """Return what has moved until `now`, the largest move first.

        Raises:
            StoreUnavailable: it cannot be read now.
        """
        zone = ZoneInfo(self._policy().hours.timezone)
        today = now.astimezone(zone).date()
        found = await self._days.days(today - NOW - BEFORE, today)
        return shifts(found, today=today)
