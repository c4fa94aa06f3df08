"""What every section's page has: the templates, the section's name, who is there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.templating import Jinja2Templates

from bot.errors import TemporaryFailure
from bot.web.trainer import words
from bot.web.trainer.author import author_of
from bot.web.trainer.parts import Parts

HERE: Final = Path(__file__).parent


class Frame:
    """Renders the pages."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._templates = Jinja2Templates(HERE / "templates")
        self._templates.env.trim_blocks = True
        self._templates.env.lstrip_blocks = True
        self._templates.env.filters.update(
            sureness=words.sureness,
            per_cent=words.per_cent,
            pieces=words.pieces,
            breakable=words.breakable,
            masks=words.masks,
            ago=lambda moment: words.ago(moment, parts.clock.now()),
            origin=lambda example: words.origin(example, parts.clock.now()),
        )

    async def page(
        self, request: Request, section: str, template: str, **shown: object
    ) -> HTMLResponse:
        """Return a section's page."""
        policy = self._parts.policy
        context = {
            "section": section,
            "brand": policy.brand,
            "handle": policy.handle,
            "author": author_of(request),
            "waiting": await self._waiting(),
            **shown,
        }
        return self._templates.TemplateResponse(request, template, context)

    async def _waiting(self) -> int:
        """Return how many messages wait; the other sections live without the store."""
        try:
            return (await self._parts.reviews.page(limit=1)).waiting
        except TemporaryFailure:
            return 0


def number_of(text: str) -> int:
    """Return the number of a page as an address holds it: 1 if it holds none."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1
