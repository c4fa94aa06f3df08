"""A network of customers over HTTP: it writes by plan and keeps a ledger of replies.

A process of its own (`python -m bot.bench.network`), so that the bot's side does real
requests and the ledger is not the bot's. It is the load generator too: a planned
message is on the network from its moment on, whether or not anybody reads it.

    GET  /messages?after=N   up to 500 messages behind number N, with the next N
    POST /messages           our reply: {key, account, text, reply_to, private}
    GET  /sent?key=K         our replies with this key
    POST /plan               {arrivals}: they begin in a moment; answers {starts_at}
    GET  /ledger?after=N     every reply behind number N, as it came
"""

from __future__ import annotations

import asyncio
import json
import signal
import time
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import parse_qs, urlsplit

import uvloop
from httptools import HttpParserError, HttpRequestParser

PAGE = 500
LEDGER_PAGE = 5_000
HEAD_START_S = 0.5  # between the plan and its first message

_HEAD = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: "
_OK, _NOT_FOUND = _HEAD % b"200 OK", _HEAD % b"404 Not Found"


@dataclass(slots=True)
class Network:
    """What was written, by customers and by us, in the order of time."""

    moments: list[float] = field(default_factory=list)  # of each message, since 1970
    bodies: list[bytes] = field(default_factory=list)  # each message as JSON
    replies: list[dict[str, object]] = field(default_factory=list)

    def plan(self, arrivals: list[dict[str, object]]) -> float:
        """Let `arrivals` be written, the first in a moment; return when that is."""
        starts_at = time.time() + HEAD_START_S
        for arrival in arrivals:
            moment = starts_at + float(str(arrival["after_s"]))
            self.moments.append(moment)
            self.bodies.append(json.dumps({**arrival, "at": moment}).encode())
        return starts_at

    def page(self, after: int) -> bytes:
        """Return what is there by now behind number `after`, and the next number."""
        there = bisect_right(self.moments, time.time())
        end = max(after, min(there, after + PAGE))
        shown = b",".join(self.bodies[after:end])
        return b'{"next":%d,"messages":[%s]}' % (end, shown)

    def receive(self, reply: dict[str, object]) -> bytes:
        """Take a reply of ours into the ledger, whatever it is."""
        now = time.time()
        self.replies.append({**reply, "at": now})
        return b'{"id":"r%d","at":%f}' % (len(self.replies), now)

    def sent(self, key: str) -> bytes:
        """Return our replies with this key."""
        found = [
            {"id": f"r{number}", "at": reply["at"]}
            for number, reply in enumerate(self.replies, 1)
            if reply["key"] == key
        ]
        return json.dumps(found).encode()

    def ledger(self, after: int) -> bytes:
        """Return a page of the ledger behind number `after`."""
        return json.dumps(self.replies[after : after + LEDGER_PAGE]).encode()


class Server(asyncio.Protocol):
    """One connection to the network; no framework, since it is measured too."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._transport: asyncio.Transport | None = None
        self._parser = HttpRequestParser(self)
        self._url, self._body = b"", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            if self._transport is not None:
                self._transport.close()

    # -- the parser calls these -------------------------------------------------

    def on_message_begin(self) -> None:
        self._url, self._body = b"", b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        answer = self._answer(self._parser.get_method(), self._url.decode(), self._body)
        head = _OK if answer is not None else _NOT_FOUND
        body = answer or b"{}"
        if self._transport is not None:
            self._transport.write(head + b"%d\r\n\r\n" % len(body) + body)

    def _answer(self, method: bytes, url: str, body: bytes) -> bytes | None:
        if (method, url) == (b"POST", "/messages"):
            return self._network.receive(json.loads(body))
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        after = int(query.get("after", ["0"])[0])
        if parts.path == "/messages":
            return self._network.page(after)
        if parts.path == "/plan":
            starts_at = self._network.plan(json.loads(body))
            return json.dumps({"starts_at": starts_at}).encode()
        if parts.path == "/sent":
            return self._network.sent(query["key"][0])
        return self._network.ledger(after) if parts.path == "/ledger" else None


async def serve() -> None:
    """Serve on a free port of this machine until SIGTERM; its number is printed."""
    loop, stop, network = asyncio.get_running_loop(), asyncio.Event(), Network()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    server = await loop.create_server(
        lambda: Server(network), "127.0.0.1", 0, backlog=512
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        print(port, flush=True)  # noqa: T201 - the parent reads it
        await stop.wait()


if __name__ == "__main__":
    uvloop.run(serve())
