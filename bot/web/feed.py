"""One watch over events, network and desk for all open pages."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from bot.errors import TemporaryFailure
from bot.flow.loop import keep_stepping
from bot.log import Log
from bot.model.event import EventType
from bot.model.message import Visibility
from bot.web.directory import Directory
from bot.web.page import Page
from bot.web.tally import Tally

LOOK_EVERY_S = 0.15  # with the loop's own pause about five times a second
KEPT = 500  # changes that a page may have missed and still catch up on
_EVENTS_AT_ONCE = 2000  # of each shard; bounds one step after a start on a full store
_OF_POSTS = frozenset({EventType.MESSAGE_EDITED, EventType.MESSAGE_DELETED})


@dataclass(frozen=True, slots=True)
class Change:
    """What became stale; the page fetches what it shows. `id` lets it resume.

    `cases` are ids of cases and of incidents, whose cases then are stale too.

    `everything` says that the page cannot catch up, and shall read all again.
    `away` says that store or network cannot be reached at the moment.
    """

    id: str
    cases: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    timeline: bool = False
    totals: dict[str, int] = field(default_factory=dict)
    ratings: dict[str, int] = field(default_factory=dict)
    away: bool = False
    everything: bool = False


class Feed:
    """Looks for changes and tells every page, so that pages do not ask themselves.

    Attributes:
        tally: the outcomes so far.
        directory: the accounts that wrote so far.
    """

    def __init__(self, page: Page, *, log: Log) -> None:
        self.tally, self.directory = Tally(), Directory()
        self._page, self._log = page, log
        self._cursors: dict[str, str] = {}
        self._posts_seen = 0
        self._away = False
        self._boot, self._number = uuid4().hex[:8], 0
        self._kept: deque[Change] = deque(maxlen=KEPT)
        self._pages: set[asyncio.Queue[Change | None]] = set()
        self._closed = False
        self._desk: asyncio.Queue[str] = asyncio.Queue()

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until `stop` is set."""
        async with self._page.desk.changes() as self._desk:
            await keep_stepping("page", self.step, stop=stop, log=self._log)

    async def step(self) -> int:
        """Look once and tell the pages what changed; return 0 if nothing did.

        Raises:
            TemporaryFailure: store or network are away; pages are told so.
        """
        cases = dict.fromkeys(await self._cases_shown())
        try:
            accounts, changed = await self._read_events()
            timeline, writers = self._read_posts()
            timeline = timeline or changed
        except TemporaryFailure:
            self._tell(cases=tuple(cases), away=True)
            raise
        accounts |= writers
        if cases or accounts or timeline or self._away:
            self._tell(
                cases=tuple(cases), accounts=tuple(sorted(accounts)), timeline=timeline
            )
            return 1
        return 0

    @contextmanager
    def follow(self, after: str | None) -> Iterator[asyncio.Queue[Change | None]]:
        """Give one page its changes; first those that it missed since `after`.

        A page that is new, or was away for too long, is told to read everything.
        None ends the stream.
        """
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        for change in self._missed(after):
            queue.put_nowait(change)
        if self._closed:
            queue.put_nowait(None)
        self._pages.add(queue)
        try:
            yield queue
        finally:
            self._pages.discard(queue)

    def close(self) -> None:
        """End the streams of all pages, which otherwise never end."""
        self._closed = True
        for queue in self._pages:
            queue.put_nowait(None)

    async def _cases_shown(self) -> list[str]:
        """Wait a moment for the desk to show something; return the cases it showed."""
        shown: list[str] = []
        try:
            shown.append(await asyncio.wait_for(self._desk.get(), LOOK_EVERY_S))
        except asyncio.TimeoutError:
            return shown
        while not self._desk.empty():
            shown.append(self._desk.get_nowait())
        return shown

    async def _read_events(self) -> tuple[set[str], bool]:
        """Count the new events; return whom they are about, and if posts changed."""
        events, self._cursors = await self._page.events.since(
            self._cursors, limit=_EVENTS_AT_ONCE
        )
        for event in events:
            self.tally.add(event)
        whose = {event.customer for event in events if event.customer}
        changed = any(event.type in _OF_POSTS for event in events)
        return {self._page.account_of(customer) for customer in whose}, changed

    def _read_posts(self) -> tuple[bool, set[str]]:
        """Return whether the timeline changed, and whose exchange with us did."""
        changes = self._page.network.changes(self._posts_seen)
        self._posts_seen = changes.latest
        self.directory.add(changes.posts)
        public = any(p.visibility is Visibility.PUBLIC for p in changes.posts)
        return public, {p.customer for p in changes.posts if p.customer}

    def _tell(
        self,
        *,
        cases: tuple[str, ...],
        accounts: tuple[str, ...] = (),
        timeline: bool = False,
        away: bool = False,
    ) -> None:
        if away and self._away and not cases:
            return  # they know
        self._away = away
        self._number += 1
        change = Change(
            id=f"{self._boot}-{self._number}",
            cases=cases,
            accounts=accounts,
            timeline=timeline,
            totals=self.tally.totals(),
            ratings=self.tally.ratings(),
            away=away,
        )
        self._kept.append(change)
        for queue in self._pages:
            queue.put_nowait(change)

    def _missed(self, after: str | None) -> list[Change]:
        boot, _, number = (after or "").partition("-")
        first = self._kept[0].id if self._kept else ""
        oldest = int(first.partition("-")[2]) if first else self._number + 1
        if boot == self._boot and number.isdecimal() and int(number) >= oldest - 1:
            return [c for c in self._kept if int(c.id.partition("-")[2]) > int(number)]
        now = f"{self._boot}-{self._number}"
        return [
            Change(
                id=now,
                totals=self.tally.totals(),
                ratings=self.tally.ratings(),
                away=self._away,
                everything=True,
            )
        ]
