"""What every section's page has: the templates, the section's name, who is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.templating import Jinja2Templates

from bot.errors import ConfigError, InputError, ModelError, TemporaryFailure
from bot.web.trainer import words
from bot.web.trainer.author import author_of
from bot.web.trainer.parts import Parts

Endpoint = Callable[[Request], Awaitable[Response]]
_AWAY: Final = (
    "The store cannot be reached at the moment. Nothing is lost; try again shortly."
)
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

    def shown(self, section: str, endpoint: Endpoint) -> Endpoint:
        """Return `endpoint` so that what goes wrong is shown as a page, with a remedy."""

        async def page(request: Request) -> Response:
            try:
                return await endpoint(request)
            except HTTPException as error:
                return await self._problem(
                    request, section, error.detail, error.status_code
                )
            except (ConfigError, ModelError, InputError) as error:
                return await self._problem(request, section, str(error), 422)
            except TemporaryFailure:
                return await self._problem(request, section, _AWAY, 503)

        return page

    async def _problem(
        self, request: Request, section: str, says: str, status: int
    ) -> HTMLResponse:
        title = "Not found" if status == 404 else "That did not work"
        page = await self.page(request, section, "problem.html", title=title, says=says)
        page.status_code = status
        return page

    async def _waiting(self) -> int:
        """Return how many messages wait; the other sections live without the store."""
        try:
            return (await self._parts.reviews.page(limit=1)).waiting
        except TemporaryFailure:
            return 0


def number_of(text: str) -> int:
    """Return the number of a page as an address holds it: 1 if it holds none."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1
