"""The web desk: agents work in a page, which this feeds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.ports import CaseView, IncidentView

_BACKLOG = 1000  # changes that a slow page may fall behind before it must reload


class WebDesk:
    """Tells open pages which case or incident changed; they fetch what they show.

    A page that opens later reads all cases first, so nothing needs to be kept.
    """

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[str]] = set()

    @property
    def name(self) -> str:
        return "web"

    async def show(self, view: CaseView) -> None:
        """Tell every open page that the case changed."""
        self._tell(view.case.id)

    async def show_incident(self, view: IncidentView) -> None:
        """Tell every open page that the incident, and what it stands for, changed."""
        self._tell(view.incident.id)

    def _tell(self, changed: str) -> None:
        for page in self._pages:
            if not page.full():
                page.put_nowait(changed)

    @asynccontextmanager
    async def changes(self) -> AsyncIterator[asyncio.Queue[str]]:
        """Give a page the queue in which it finds what changes: C-1042, I-23."""
        page: asyncio.Queue[str] = asyncio.Queue(maxsize=_BACKLOG)
        self._pages.add(page)
        try:
            yield page
        finally:
            self._pages.discard(page)
