"""The streams: who listens, for what, and what is on its way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.sim.x.faults import Faults
from bot.sim.x.ledger import Ledger
from bot.sim.x.shapes.events import ACTIVITY_EVENT, FILTERED_EVENT
from bot.sim.x.wire import Json

ACTIVITY, FILTERED = "activity", "filtered"
CONNECTIONS = {ACTIVITY: 2, FILTERED: 1}
SHAPES = {ACTIVITY: ACTIVITY_EVENT, FILTERED: FILTERED_EVENT}
# Events that only the account itself may listen to.
PRIVATE = frozenset(
    [
        "chat.received",
        "chat.sent",
        "chat.conversation_join",
        "dm.received",
        "dm.sent",
        "dm.indicate_typing",
        "dm.read",
        "post.mention.create",
        "post.reply.create",
        "post.quote.create",
        "post.repost.create",
    ]
)
EVENT_TYPES = PRIVATE | frozenset(
    [
        "post.create",
        "post.delete",
        "follow.follow",
        "follow.unfollow",
        "like.create",
        "profile.update.bio",
        "profile.update.handle",
        "profile.update.screenname",
    ]
)


@dataclass(frozen=True)
class Subscription:
    """A wish for one kind of event of one account."""

    id: str
    event_type: str
    user_id: str
    tag: str
    created_at: datetime


@dataclass(frozen=True)
class Rule:
    """A query of the filtered stream."""

    id: str
    value: str
    tag: str


@dataclass(eq=False)
class Connection:
    """One open stream; None ends it."""

    kind: str
    queue: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)

    def put(self, event: Json) -> None:
        self.queue.put_nowait(json.dumps(event).encode() + b"\r\n")


class Hub:
    """Brings events to the open streams; who is not connected misses them."""

    def __init__(self, faults: Faults, ledger: Ledger) -> None:
        self.subscriptions: dict[str, Subscription] = {}
        self.rules: dict[str, Rule] = {}
        self.connections: list[Connection] = []
        self.sent: list[Json] = []
        self._faults, self._ledger = faults, ledger
        self._held: dict[str, Json] = {}

    def wishes(self, event_type: str, user_id: str) -> Iterator[Subscription]:
        """Yield who wants an event of that kind and account."""
        for wish in self.subscriptions.values():
            if (wish.event_type, wish.user_id) == (event_type, user_id):
                yield wish

    def is_full(self, kind: str) -> bool:
        return len(self._open(kind)) >= CONNECTIONS[kind]

    def connect(self, kind: str) -> Connection:
        connection = Connection(kind)
        self.connections.append(connection)
        return connection

    def leave(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)

    def deliver(self, kind: str, event: Json) -> None:
        """Bring an event to all streams of its kind, with the trouble ordered."""
        self._ledger.check(kind, SHAPES[kind](event, "$"))
        self.sent.append(event)
        if self._faults.drop_events:
            return
        if self._faults.reorder_events and kind not in self._held:
            self._held[kind] = event
            return
        self._put(kind, event)
        self.release(kind)

    def release(self, kind: str) -> None:
        """Bring what was held back to come out of order."""
        if (held := self._held.pop(kind, None)) is not None:
            self._put(kind, held)

    def disconnect(self) -> None:
        """End every stream, as X does from time to time."""
        for connection in self.connections:
            connection.queue.put_nowait(None)

    def _put(self, kind: str, event: Json) -> None:
        for _ in range(2 if self._faults.double_events else 1):
            for connection in self._open(kind):
                connection.put(event)

    def _open(self, kind: str) -> list[Connection]:
        return [one for one in self.connections if one.kind == kind]
