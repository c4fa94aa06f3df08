"""Where the cards of cases are, for people to click on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.desk.slack.whereabouts import Whereabouts
from bot.model.case import CaseId
from bot.ports.chat import CardBook, Shown


class Links:
    """Finds the addresses of cards in the book."""

    def __init__(self, book: CardBook, where: Whereabouts) -> None:
        self._book, self._where = book, where

    async def of(self, cases: Iterable[CaseId]) -> dict[CaseId, str]:
        """Return the cards' addresses; cases without a card are left out."""
        wanted = list(cases)
        pages = await asyncio.gather(*(self._book.page(Shown(one)) for one in wanted))
        workspace = await self._where.workspace()
        return {
            case: workspace.link(page.card)
            for case, page in zip(wanted, pages, strict=True)
            if page.card is not None
        }
