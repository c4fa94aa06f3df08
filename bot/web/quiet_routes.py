"""Quiet mode: what people tell the bot to be silent about while it runs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.clock import Clock
from bot.errors import InputError
from bot.model.quiet import EVERYTHING
from bot.ports import QuietMode
from bot.web.body import Body
from bot.web.desk_routes import agent_of
from bot.web.page import Page


class QuietRoutes:
    """What is paused, and the switch."""

    def __init__(self, page: Page, quiet: QuietMode, *, clock: Clock) -> None:
        self._page, self._quiet, self._clock = page, quiet, clock

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/quiet", self.pauses),
            Route("/api/quiet/pause", self.pause, methods=["POST"]),
            Route("/api/quiet/resume", self.resume, methods=["POST"]),
        ]

    async def pauses(self, _request: Request) -> JSONResponse:
        """Return the pauses that are in force, the oldest first."""
        found = await self._quiet.quiet()
        return JSONResponse(
            {
                "by_policy": self._page.policy.quiet,
                "pauses": [
                    {"scope": one.scope, "by": one.by, "since": one.since.isoformat()}
                    for one in found
                ],
            }
        )

    async def pause(self, request: Request) -> JSONResponse:
        """Let the bot say nothing within a scope."""
        body = await Body.of(request)
        scope = body.text("scope")
        known = {EVERYTHING, self._page.channel, *self._page.policy.intents}
        if scope not in known and scope not in self._page.labels:
            raise InputError(f"“{scope}” is neither a channel nor an intent.")
        await self._quiet.pause(scope, agent_of(body), now=self._clock.now())
        return await self.pauses(request)

    async def resume(self, request: Request) -> JSONResponse:
        """End a pause."""
        body = await Body.of(request)
        scope = body.text("scope")
        await self._quiet.resume(scope, agent_of(body), now=self._clock.now())
        return await self.pauses(request)
