"""What has moved in how messages are read, for the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.clock import Clock
from bot.model.drift import Shift

LookAtDrift = Callable[[datetime], Awaitable[Sequence[Shift]]]

MOST_SHOWN = 4


class DriftRoutes:
    """The largest moves, each as a sentence that leads to its messages."""

    def __init__(self, look: LookAtDrift, *, clock: Clock) -> None:
        self._look, self._clock = look, clock

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/drift", self.drift)]

    async def drift(self, _request: Request) -> JSONResponse:
        """Return sentences, where they lead, and the ids of some of the messages."""
        found = await self._look(self._clock.now())
        return JSONResponse(
            {
                "shifts": [
                    {
                        "says": shift.says,
                        "leads_to": _leads_to(shift),
                        "messages": shift.examples,
                    }
                    for shift in found[:MOST_SHOWN]
                ]
            }
        )


def _leads_to(shift: Shift) -> str:
    """Return the page of the trainers on which one goes on; "" if none fits."""
    if shift.cause is not None:
        return f"/train/queue?cause={shift.cause.value}"
    return f"/train/intents/{quote(shift.label)}" if shift.label else ""
