"""A small HTTP/1.1 client: connections that are kept, one request at a time on each.

The bench sends every reply in a request of its own, as networks want it. A client
with redirects, cookies and traces takes longer for that than the bot for the message.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

TIMEOUT_S = 10.0
CONNECTIONS = 64  # at most; who finds all of them busy waits


class NoAnswer(Exception):
    """The request may have had its effect, although no answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes


class HttpClient:
    """Talks to one server, on connections that are made when they are needed."""

    def __init__(self, address: str) -> None:
        """Take an `address` like http://127.0.0.1:8000; connects on first use."""
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[_Connection] = []

    async def get(self, path: str) -> Answer:
        """Ask for `path`. Raises NoAnswer."""
        return await self._request("GET", path, b"")

    async def post(self, path: str, body: bytes) -> Answer:
        """Send JSON to `path`. Raises NoAnswer."""
        return await self._request("POST", path, body)

    async def close(self) -> None:
        """Let go of the connections."""
        while self._idle:
            self._idle.pop().close()

    async def _request(self, method: str, path: str, body: bytes) -> Answer:
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: {self._host}:{self._port}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        async with self._slots:
            connection = await self._connection()
            try:
                answer = await connection.ask(head.encode() + body)
            except BaseException:  # an answer may still come: nobody else may get it
                connection.close()
                raise
            self._idle.append(connection)
            return answer

    async def _connection(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        loop = asyncio.get_running_loop()
        try:
            _, made = await asyncio.wait_for(
                loop.create_connection(_Connection, self._host, self._port), TIMEOUT_S
            )
        except (OSError, asyncio.TimeoutError) as error:
            raise NoAnswer("no connection") from error
        return made


class _Connection(asyncio.Protocol):
    """One connection: a request goes out when the answer to the last one is there."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = HttpResponseParser(self)
        self._body = b""
        self._waiting: asyncio.Future[Answer] | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes) -> Answer:
        """Send a request and return its answer. Raises NoAnswer."""
        if self._transport is None:
            raise NoAnswer("the connection is closed")
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        alarm = loop.call_later(TIMEOUT_S, self._fail, "no answer in time")
        self._transport.write(request)
        try:
            return await self._waiting
        finally:
            alarm.cancel()
            self._waiting = None

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _fail(self, why: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(NoAnswer(why))

    # -- asyncio calls these ----------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        self._fail("the connection broke")

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self._fail("the answer is no HTTP")
            self.close()

    # -- the parser calls these -------------------------------------------------

    def on_message_begin(self) -> None:
        self._body = b""

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            status = self._parser.get_status_code()
            self._waiting.set_result(Answer(status, self._body))
