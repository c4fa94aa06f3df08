"""Where the cards of cases are, for people to click on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.desk.slack.client import Workspace
from bot.model.case import CaseId
from bot.ports.chat import CardBook, Shown


class Links:
    """Finds the addresses of cards in the book."""

    def __init__(self, book: CardBook, workspace: Workspace) -> None:
        self._book, self._workspace = book, workspace

    async def of(self, cases: Iterable[CaseId]) -> dict[CaseId, str]:
        """Return the cards' addresses; cases without a card are left out."""
        wanted = list(cases)
        pages = await asyncio.gather(*(self._book.page(Shown(one)) for one in wanted))
        return {
            case: self._workspace.link(page.card)
            for case, page in zip(wanted, pages, strict=True)
            if page.card is not None
        }
