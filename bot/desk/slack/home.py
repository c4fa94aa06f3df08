"""App Home: shown when somebody opens it, and brought up to date when they act."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.desk.slack.blocks import Home, render_home
from bot.desk.slack.links import Links
from bot.desk.slack.overview import Overview
from bot.desk.slack.people import People
from bot.desk.slack.talk import Talk
from bot.ports import CaseWork

_NEXT: Final = 10
_GAP: Final = timedelta(seconds=3)  # between two of one person's Homes
_WATCHED_FOR: Final = timedelta(hours=8)  # after somebody last opened it
_MOST_WATCHED: Final = 500


class HomeListener:
    """Publishes Homes. Only who opened theirs lately has it kept up to date."""

    def __init__(
        self,
        work: CaseWork,
        talk: Talk,
        people: People,
        *,
        overview: Overview,
        links: Links,
        clock: Clock,
    ) -> None:
        self._work, self._talk, self._people = work, talk, people
        self._overview, self._links, self._clock = overview, links, clock
        self._opened: OrderedDict[str, datetime] = OrderedDict()
        self._due: dict[str, datetime] = {}  # user -> when to publish again

    async def show(self, user: str) -> None:
        """Show somebody their Home, now."""
        now = self._clock.now()
        self._opened[user] = now
        self._opened.move_to_end(user)
        while len(self._opened) > _MOST_WATCHED:
            self._opened.popitem(last=False)
        await self._publish(user)

    def acted(self, user: str) -> None:
        """Note that somebody's Home is not up to date; several acts are one."""
        now = self._clock.now()
        if now - self._opened.get(user, now - 2 * _WATCHED_FOR) < _WATCHED_FOR:
            self._due.setdefault(user, now + _GAP)

    def refresh(self) -> None:
        """Bring every Home up to date that was opened lately."""
        for user in self._opened:
            self.acted(user)

    async def step(self) -> int:
        """Publish the Homes that are due."""
        now = self._clock.now()
        due = [user for user, moment in self._due.items() if moment <= now]
        for user in due:
            del self._due[user]
            await self._publish(user)
        return len(due)

    async def _publish(self, user: str) -> None:
        mine = await self._work.mine(self._people.agent(user))
        waiting = (await self._overview.unclaimed())[:_NEXT]
        pauses = await self._overview.pauses()
        home = Home(
            mine=mine,
            next=waiting,
            queue=await self._overview.queue(),
            today=await self._overview.today(),
            money=await self._overview.money(),
            health=await self._overview.health(),
            pauses=pauses,
            links=await self._links.of(one.id for one in (*mine, *waiting)),
        )
        scene = await self._people.scene_of(*(one.by for one in pauses))
        await self._talk.publish_home(user, render_home(home, scene))
