"""The two streams: lines of JSON, and an empty line while nothing happens."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from bot.sim.x.core import Core
from bot.sim.x.endpoint import APPS
from bot.sim.x.hub import ACTIVITY, FILTERED, Connection
from bot.sim.x.limits import Limit, Limits
from bot.sim.x.refusals import PROBLEMS, Refused
from bot.sim.x.server import Gate
from bot.sim.x.shapes.fields import OF_POSTS
from bot.sim.x.shapes.query import Query, moment, number, read_query

KEEP_ALIVE_S = 20.0
_STRETCH: Query = {
    "backfill_minutes": number(0, 5),
    "start_time": moment,
    "end_time": moment,
}


@dataclass(frozen=True)
class Stream:
    """One of the streams; the app alone may open it."""

    kind: str
    path: str
    limits: Limits
    query: Query
    takes: str = APPS
    scopes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"GET {self.path}"


def _limits(kind: str, count: int) -> Limits:
    return Limits(f"{kind}.stream", (), (Limit(count),))


STREAMS = (
    Stream(ACTIVITY, "/2/activity/stream", _limits(ACTIVITY, 450), _STRETCH),
    Stream(
        FILTERED,
        "/2/tweets/search/stream",
        _limits(FILTERED, 50),
        {**OF_POSTS, **_STRETCH},
    ),
)


class Streams:
    """Serves the streams.

    Attributes:
        keep_alive_s: seconds of silence after which an empty line comes.
    """

    def __init__(self, core: Core, gate: Gate) -> None:
        self._core, self._gate = core, gate
        self.keep_alive_s = KEEP_ALIVE_S

    def add_to(self, app: web.Application) -> None:
        for stream in STREAMS:
            app.router.add_get(stream.path, partial(self._serve, stream))

    async def _serve(self, stream: Stream, request: web.Request) -> web.StreamResponse:
        core, kind = self._core, stream.kind
        call = core.ledger.begin(core.clock.now(), stream.name, request.path)
        call.query = dict(request.query)
        fault = core.faults.next(stream.name)
        call.forced = fault is not None
        headers: dict[str, str] = {}
        try:
            if fault and (early := self._gate.in_trouble(fault, call, request)):
                return early
            self._gate.admit(stream, request, call, {}, headers)
            read_query(stream.query, request.query.items())
            if core.hub.is_full(kind):
                raise _full()
        except Refused as refused:
            self._gate.refuse(call, refused)
            said = {**headers, **refused.headers}
            return web.json_response(refused.body, status=refused.status, headers=said)
        call.status = 200
        connection = core.hub.connect(kind)
        core.changes.tell()
        response = web.StreamResponse(headers={**headers, "Content-Type": "text/plain"})
        try:
            await response.prepare(request)
            await self._send(connection, response)
        finally:
            core.hub.leave(connection)
            core.changes.tell()
        return response

    async def _send(self, connection: Connection, response: web.StreamResponse) -> None:
        with suppress(ConnectionResetError):  # who listened has gone
            while True:
                line = await self._next(connection)
                if line is None:
                    return
                await response.write(line)

    async def _next(self, connection: Connection) -> bytes | None:
        """Return the next event, an empty line after a while, or None to end."""
        try:
            return await asyncio.wait_for(connection.queue.get(), self.keep_alive_s)
        except asyncio.TimeoutError:
            self._core.hub.release(connection.kind)
            return b"\r\n"


def _full() -> Refused:
    body = {
        "title": "ConnectionException",
        "detail": "This stream is currently at the maximum allowed connection limit.",
        "connection_issue": "TooManyConnections",
        "type": f"{PROBLEMS}/streaming-connection",
    }
    return Refused("too_many_connections", 429, body, is_violation=True)
