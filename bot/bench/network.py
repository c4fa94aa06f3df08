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

import json
import socket
import time
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import uvicorn

PAGE = 500
LEDGER_PAGE = 5_000
HEAD_START_S = 0.5  # between the plan and its first message

Scope = MutableMapping[str, object]
Receive = Callable[[], Awaitable[MutableMapping[str, object]]]
Send = Callable[[MutableMapping[str, object]], Awaitable[None]]


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


class Server:
    """The network as an ASGI application; no framework, since it is measured too."""

    def __init__(self) -> None:
        self._network = Network()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive) if scope["method"] == "POST" else b""
        query = parse_qs(bytes(scope["query_string"]).decode())  # type: ignore[call-overload]
        answer = self._answer(str(scope["method"]), str(scope["path"]), query, body)
        await send(
            {
                "type": "http.response.start",
                "status": 404 if answer is None else 200,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": answer or b"{}"})

    def _answer(
        self, method: str, path: str, query: Mapping[str, list[str]], body: bytes
    ) -> bytes | None:
        after = int(query.get("after", ["0"])[0])
        if path == "/messages":
            if method == "POST":
                return self._network.receive(json.loads(body))
            return self._network.page(after)
        if path == "/plan":
            starts_at = self._network.plan(json.loads(body))
            return json.dumps({"starts_at": starts_at}).encode()
        if path == "/sent":
            return self._network.sent(query["key"][0])
        return self._network.ledger(after) if path == "/ledger" else None


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        part = await receive()
        parts.append(bytes(part.get("body", b"")))  # type: ignore[call-overload]
        if not part.get("more_body"):
            return b"".join(parts)


def main() -> None:
    """Serve on a free port of this machine; the first line printed is its number."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = uvicorn.Config(
        Server(),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        lifespan="off",
        ws="none",
    )
    print(listener.getsockname()[1], flush=True)  # noqa: T201 - the parent reads it
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
