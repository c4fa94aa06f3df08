"""Events of X's activity stream: what they bring, each once."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from bot.channels.x.cursor import Source
from bot.channels.x.includes import includes_of
from bot.channels.x.raw import Fields, fields_of, text_in, within
from bot.channels.x.reading import Item

POSTED = ("post.mention.create", "post.reply.create", "post.quote.create")
DELETED = "post.delete"
DIRECT = "dm.received"
ENCRYPTED = "chat.received"
WANTED = (*POSTED, DELETED, DIRECT, ENCRYPTED)
_REMEMBERED = 10_000  # events


@dataclass(frozen=True, slots=True)
class Event:
    """One event, in X's form. `came_at` is when we had it."""

    kind: str
    payload: Fields
    body: Fields  # what it came in, with what lies beside the payload
    came_at: datetime

    def item(self) -> Item:
        """Return a post as if it had been read."""
        return Item(Source.MENTIONS, self.payload, includes_of(self.body))


class Opened:
    """Opens envelopes, and throws away those that came before."""

    def __init__(self) -> None:
        self._uuids: OrderedDict[str, None] = OrderedDict()

    def event(self, line: bytes | str, *, came_at: datetime) -> Event | None:
        """Return the event in a line of the stream; None if it brings nothing new."""
        try:
            data = within(fields_of(json.loads(line)), "data")
        except (ValueError, RecursionError):
            return None
        kind = text_in(data, "event_type")
        if kind not in WANTED or self._came_before(text_in(data, "event_uuid")):
            return None
        return Event(kind or "", within(data, "payload"), data, came_at)

    def _came_before(self, uuid: str | None) -> bool:
        if uuid is None:
            return False
        before = uuid in self._uuids
        self._uuids[uuid] = None
        while len(self._uuids) > _REMEMBERED:
            self._uuids.popitem(last=False)
        return before
