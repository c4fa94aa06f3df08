"""The two streams: lines of JSON, and an empty line while nothing happens."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from aiohttp import web

from bot.sim.x.core import Core
from bot.sim.x.endpoint import APPS, Answer, Ask, Endpoint
from bot.sim.x.hub import ACTIVITY, CONNECTIONS, FILTERED, Connection
from bot.sim.x.limits import Limit, Limits
from bot.sim.x.refusals import PROBLEMS, Refused
from bot.sim.x.server import Gate
from bot.sim.x.shapes.check import an_object
from bot.sim.x.shapes.fields import OF_POSTS
from bot.sim.x.shapes.query import moment, number, read_query

KEEP_ALIVE_S = 20.0
_STRETCH = {
    "backfill_minutes": number(0, 5),
    "start_time": moment,
    "end_time": moment,
}


def _never(_core: Core, _ask: Ask) -> Answer:
    raise NotImplementedError("streams answer by themselves")


_LIMITS = {ACTIVITY: 450, FILTERED: 50}
_PATHS = {ACTIVITY: "/2/activity/stream", FILTERED: "/2/tweets/search/stream"}
_QUERIES = {ACTIVITY: _STRETCH, FILTERED: {**OF_POSTS, **_STRETCH}}
ENDPOINTS = {
    kind: Endpoint(
        "GET",
        _PATHS[kind],
        _never,
        Limits(f"{kind}.stream", (), (Limit(_LIMITS[kind]),)),
        an_object({}),
        takes=APPS,
        query=_QUERIES[kind],
    )
    for kind in CONNECTIONS
}


class Streams:
    """Serves the streams.

    Attributes:
        keep_alive_s: seconds of silence after which an empty line comes.
    """

    def __init__(self, core: Core, gate: Gate) -> None:
        self._core, self._gate = core, gate
        self.keep_alive_s = KEEP_ALIVE_S

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(_PATHS[ACTIVITY], self._activity)
        app.router.add_get(_PATHS[FILTERED], self._filtered)

    async def _activity(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(ACTIVITY, request)

    async def _filtered(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(FILTERED, request)

    async def _serve(self, kind: str, request: web.Request) -> web.StreamResponse:
        core, endpoint = self._core, ENDPOINTS[kind]
        call = core.ledger.begin(core.clock.now(), endpoint.name, request.path)
        call.query = dict(request.query)
        fault = core.faults.next(endpoint.name)
        call.forced = fault is not None
        headers: dict[str, str] = {}
        try:
            if fault and (early := self._gate.in_trouble(fault, call, request)):
                return early
            self._gate.admit(endpoint, request, call, {}, headers)
            read_query(endpoint.query, request.query.items())
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
        with suppress(ConnectionResetError):
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
