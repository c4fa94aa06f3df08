"""The web desk: agents work in a page, which this feeds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.model.case import CaseId
from bot.ports import CaseView

_BACKLOG = 1000  # changes that a slow page may fall behind before it must reload


class WebDesk:
    """Tells open pages which case changed; they fetch what they show.

    A page that opens later reads all cases first, so nothing needs to be kept.
    """

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[CaseId]] = set()

    @property
    def name(self) -> str:
        return "web"

    async def show(self, view: CaseView) -> None:
        """Tell every open page that the case changed."""
        for page in self._pages:
            if not page.full():
                page.put_nowait(view.case.id)

    @asynccontextmanager
    async def changes(self) -> AsyncIterator[asyncio.Queue[CaseId]]:
        """Give a page the queue in which it finds the cases that change."""
        page: asyncio.Queue[CaseId] = asyncio.Queue(maxsize=_BACKLOG)
        self._pages.add(page)
        try:
            yield page
        finally:
            self._pages.discard(page)
