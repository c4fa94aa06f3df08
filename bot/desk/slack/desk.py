"""Slack as a desk: what changed is noted; the keeper of the cards shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.model.case import Priority
from bot.ports import CaseView, IncidentView
from bot.ports.chat import CardBook, Shown

# How long a case may have waited longer than a normal one to be shown before it.
HEAD_START: Final[Mapping[Priority, timedelta]] = {
    Priority.URGENT: timedelta(hours=1),
    Priority.HIGH: timedelta(minutes=10),
    Priority.NORMAL: timedelta(),
    Priority.LOW: -timedelta(minutes=10),
}


class SlackDesk:
    """The `Desk` port. Nothing waits for Slack here: what is noted outlives a crash."""

    def __init__(self, book: CardBook, *, clock: Clock) -> None:
        self._book, self._clock = book, clock

    @property
    def name(self) -> str:
        return "slack"

    async def show(self, view: CaseView) -> None:
        """Note that the case's card is not up to date."""
        moment = self._moment(view.case.priority)
        await self._book.mark({Shown(view.case.id): moment})

    async def show_incident(self, view: IncidentView) -> None:
        """Note the same of the incident, and of cases for which it stands now."""
        now = self._clock.now()
        cases = {Shown(case): now for case in view.stands_for}
        first = self._moment(Priority.HIGH)
        await self._book.mark({**cases, Shown(view.incident.id): first})

    def _moment(self, priority: Priority) -> datetime:
        return self._clock.now() - HEAD_START[priority]
