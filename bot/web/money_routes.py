"""What answering costs, for the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.clock import Clock
from bot.model.money import Money

LookAtMoney = Callable[[datetime], Awaitable[Money | None]]


class MoneyRoutes:
    """The figures, and what the budget stops at the moment."""

    def __init__(self, look: LookAtMoney, *, clock: Clock) -> None:
        self._look, self._clock = look, clock

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/money", self.money)]

    async def money(self, _request: Request) -> JSONResponse:
        """Return sentences; none if no network charges anything."""
        money = await self._look(self._clock.now())
        return JSONResponse(
            {
                "figures": money.figures() if money else (),
                "warnings": money.warnings() if money else (),
            }
        )
