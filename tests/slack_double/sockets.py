"""Socket Mode: connections, envelopes, acknowledgements, retries."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.slack_double.faults import Faults
from tests.slack_double.wire import Json

MOST_CONNECTIONS = 10


@dataclass(frozen=True)
class Ack:
    """What the app said to a delivery; not acknowledged: nothing in time."""

    acknowledged: bool
    payload: Json = field(default_factory=dict)
    lost: bool = False  # a silent socket has swallowed it


@dataclass(eq=False)
class Socket:
    """One open connection."""

    number: int
    ws: web.WebSocketResponse
    silent: bool = False
    delivered: int = 0


@dataclass
class Delivery:
    """One envelope that was sent, for the books."""

    kind: str
    payload: Json
    attempt: int
    socket: int | None  # None: there was no connection
    acknowledged: bool = False
    after_s: float = 0.0


class Sockets:
    """Spreads deliveries at random over the open connections."""

    def __init__(self, faults: Faults, *, app_id: str, ack_s: float, seed: int) -> None:
        self._faults, self._app_id, self.ack_s = faults, app_id, ack_s
        self._random = random.Random(seed)
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._numbers = 0
        self.open: list[Socket] = []
        self.deliveries: list[Delivery] = []
        self.on_change: Callable[[], None] = lambda: None

    def ticket(self) -> str:
        """Return the right to open one connection."""
        made = uuid.uuid4().hex
        self._tickets.add(made)
        return made

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Hold one connection until one side closes it."""
        if request.query.get("ticket") not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.discard(request.query["ticket"])
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        if len(self.open) >= MOST_CONNECTIONS:
            await self._say_disconnect(ws, "too_many_websockets")
            return ws
        self._numbers += 1
        socket = Socket(self._numbers, ws)
        self.open.append(socket)
        try:
            await ws.send_json(self._hello())
            self.on_change()
            await self._listen(socket)
        except ConnectionError:
            pass  # cut in the middle of a greeting
        finally:
            if socket in self.open:
                self.open.remove(socket)
            self.on_change()
        return ws

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "debug_info": {"host": "double", "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app_id},
        }

    async def _listen(self, socket: Socket) -> None:
        async for message in socket.ws:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            waiting = self._waiting.pop(said.get("envelope_id", ""), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(said.get("payload") or {})

    async def deliver(
        self,
        kind: str,
        payload: Json,
        *,
        attempt: int = 0,
        answers: bool = False,
    ) -> Ack:
        """Send one envelope and wait for its acknowledgement, once."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        socket = self._random.choice(self.open) if self.open else None
        entry = Delivery(kind, payload, attempt, socket.number if socket else None)
        self.deliveries.append(entry)
        if socket is None:
            return Ack(False)
        if socket.silent or self._faults.silent:
            return Ack(False, lost=True)
        envelope = self._envelope(kind, payload, attempt, answers)
        waiting: asyncio.Future[Json] = loop.create_future()
        self._waiting[envelope["envelope_id"]] = waiting
        try:
            await socket.ws.send_json(envelope)
            socket.delivered += 1
            said = await asyncio.wait_for(waiting, self.ack_s)
        except (asyncio.TimeoutError, ConnectionError):
            return Ack(False)
        finally:
            self._waiting.pop(envelope["envelope_id"], None)
            entry.after_s = loop.time() - began
        entry.acknowledged = True
        return Ack(True, said)

    def _envelope(self, kind: str, payload: Json, attempt: int, answers: bool) -> Json:
        made: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": answers,
        }
        if kind == "events_api":
            reason = "timeout" if attempt else ""
            made |= {"retry_attempt": attempt, "retry_reason": reason}
        return made

    def silence(self) -> None:
        """Let the connections that are open now stay open and say nothing."""
        for socket in self.open:
            socket.silent = True

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to come back, and close it, as Slack does."""
        for socket in list(self.open):
            await self._say_disconnect(socket.ws, reason)

    async def _say_disconnect(self, ws: web.WebSocketResponse, reason: str) -> None:
        info = {"host": "double"}
        await ws.send_json({"type": "disconnect", "reason": reason, "debug_info": info})
        await ws.close()

    def cut(self) -> None:
        """Break every connection without a word, as a network does."""
        for socket in list(self.open):
            transport = socket.ws._req.transport if socket.ws._req else None
            if transport is not None:
                transport.abort()

    async def close(self) -> None:
        for socket in list(self.open):
            await socket.ws.close()
