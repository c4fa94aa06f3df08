"""The page itself, the facts that it shows, and its stream of changes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.web.feed import Change, Feed
from bot.web.page import Page
from bot.web.shapes import Json

_HERE = Path(__file__).parent
_PING_S = 15  # a proxy, or a sleeping machine, shows within this time
_RETRY_MS = 1000


class PageRoutes:
    """What is not about one column."""

    def __init__(self, page: Page, feed: Feed) -> None:
        self._page, self._feed = page, feed
        self._templates = Jinja2Templates(_HERE / "templates")
        self._try_first = _try_first(page)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.index),
            Route("/api/page", self.facts),
            Route("/events", self.events),
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ]

    async def index(self, request: Request) -> HTMLResponse:
        policy = self._page.policy
        return self._templates.TemplateResponse(
            request,
            "index.html",
            {"brand": policy.brand, "handle": policy.handle},
        )

    async def facts(self, _request: Request) -> JSONResponse:
        """Return what hardly changes while the program runs, and the totals."""
        policy = self._page.policy
        return JSONResponse(
            {
                "brand": policy.brand,
                "handle": policy.handle,
                "model": self._page.model_name(),
                "teams": policy.teams,
                "agents": self._agents(),
                "tags": policy.tags,
                "resolutions": policy.resolutions,
                "labels": list(self._page.labels),
                "thresholds": asdict(policy.thresholds),
                "try_first": self._try_first,
                "totals": self._feed.tally.totals(),
                "ratings": self._feed.tally.ratings(),
            }
        )

    def _agents(self) -> dict[str, str]:
        """Return who can work here, by id: those of the policy, or invented ones."""
        if self._page.policy.agents:
            return {id_: one.name for id_, one in self._page.policy.agents.items()}
        return {str(name): str(name) for name in _texts(self._try_first["agents"])}

    async def events(self, request: Request) -> EventSourceResponse:
        """Stream what became stale, from where the page's last stream ended."""
        after = request.headers.get("last-event-id")
        return EventSourceResponse(self._stream(after), ping=_PING_S)

    async def _stream(self, after: str | None) -> AsyncIterator[ServerSentEvent]:
        with self._feed.follow(after) as changes:
            while (change := await changes.get()) is not None:
                yield _sent(change)


def _sent(change: Change) -> ServerSentEvent:
    return ServerSentEvent(
        data=json.dumps(asdict(change)), event="change", id=change.id, retry=_RETRY_MS
    )


def _try_first(page: Page) -> Json:
    """Return the invented people and messages with which a newcomer can begin."""
    text = (_HERE / "try_first.json").read_text(encoding="utf-8")
    loaded = json.loads(text.replace("{handle}", page.policy.handle))
    if not isinstance(loaded, dict):
        raise TypeError("try_first.json must hold an object")
    return loaded


def _texts(value: object) -> list[object]:
    return value if isinstance(value, list) else []
