"""Today's figures: the events are followed, so that asking again costs little."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.flow.day import DayBook
from bot.model.figures import DayFigures, Queue
from bot.model.policy import Policy
from bot.ports import Cases, Events, Generation

EARLIER = timedelta(
    days=1
)  # before today: so long ago may what is answered today begin
PAGE = 250  # events of each shard that are read at once: nobody else runs meanwhile


class DayFiguresKeeper:
    """Implements the port Figures, for whatever part of a process asks.

    The first answer after a start reads the events since yesterday; each later one
    only those that came meanwhile. Nothing runs while nobody asks.
    """

    def __init__(
        self,
        events: Events,
        cases: Cases,
        policy: Policy,
        *,
        generation: Generation | None = None,
    ) -> None:
        self._events, self._cases = events, cases
        self._generation, self._number = generation, 0
        self._reading = asyncio.Lock()
        self._book: DayBook | None = None
        self._cursors: dict[str, str] = {}
        self._zone = ZoneInfo(policy.hours.timezone)

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on; in another time zone the day begins anew."""
        zone = ZoneInfo(policy.hours.timezone)
        if zone != self._zone:
            self._zone, self._book = zone, None

    async def today(self, now: datetime) -> DayFigures:
        """Return the figures of the day that it is at `now`, where people work."""
        async with self._reading:
            day = self._day_of(now)
            number = self._generation.number if self._generation else 0
            book = self._book
            if book is None or number != self._number or day < book.day:
                book = self._begin(day)
                self._number = number
            elif day > book.day:
                book.turn_to(day)
            await self._catch_up(book)
            return book.figures()

    async def queue(self) -> Queue:
        """Return how many cases wait for whom."""
        return await self._cases.queue()

    def _day_of(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _begin(self, day: date) -> DayBook:
        self._book = DayBook(self._day_of, day)
        midnight = datetime.combine(day, time(), tzinfo=self._zone)
        self._cursors = self._events.before(midnight - EARLIER)
        return self._book

    async def _catch_up(self, book: DayBook) -> None:
        """Read what is new. What fails in between is read again the next time."""
        while True:
            events, cursors = await self._events.since(self._cursors, limit=PAGE)
            for event in events:
                book.add(event)
            self._cursors = cursors
            if not events:
                return
