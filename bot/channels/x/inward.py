"""What comes in from X: asked for at its pace, and heard of at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.channels.x import events
from bot.channels.x.context import Surroundings
from bot.channels.x.cursor import Cursor, Source
from bot.channels.x.directs import read_direct, read_encrypted, read_old_directs
from bot.channels.x.errors import ErrorKind, XError
from bot.channels.x.events import Event
from bot.channels.x.heard import Heard
from bot.channels.x.ledger import Ledger
from bot.channels.x.people import People
from bot.channels.x.posts import Us, decoded, read_post
from bot.channels.x.raw import id_in, text_in
from bot.channels.x.reading import NO_ID, Item, Reader
from bot.channels.x.vanished import Vanished
from bot.model.message import Deleted, Inbound, Message, MessageId


class Inward:
    """Reads X after a cursor. What the stream brought comes first."""

    def __init__(
        self,
        reader: Reader,
        heard: Heard,
        people: People,
        ledger: Ledger,
        *,
        surroundings: Surroundings,
        vanished: Vanished,
        directs_every: timedelta,
    ) -> None:
        self._reader, self._heard, self._people = reader, heard, people
        self._surroundings, self._vanished = surroundings, vanished
        self._ledger = ledger
        self._directs_every = directs_every
        self._asked: dict[Source, datetime] = {}

    async def messages(
        self, *, after: str | None
    ) -> AsyncIterator[tuple[str, Inbound]]:
        """Yield what is new; see Channel.messages.

        Raises:
            XError: a source cannot be read; what the others brought was yielded.
        """
        policy, us = self._ledger.policy, await self._people.us()
        now = self._ledger.clock.now()
        cursor = Cursor.read(after, since=now - policy.first_start)
        for mark, event in self._heard.after(cursor.heard, now=now):
            read, place = await self._read_event(event, us), cursor.text()
            cursor = replace(cursor, heard=mark)
            for number, inbound in enumerate(read, 1):
                yield cursor.text() if number == len(read) else place, inbound
        items, gone, error = await self._ask(cursor)
        for id_, notice in gone.items():
            cursor = cursor.without(Source.MENTIONS, id_)
            yield cursor.text(), notice
        for item in sorted(items, key=lambda one: int(one.id)):
            read, place = self._read_item(item, us), cursor.text()
            if item.id != NO_ID:
                cursor = cursor.past(item.source, item.id, policy.overlap)
            for number, inbound in enumerate(read, 1):
                yield cursor.text() if number == len(read) else place, inbound
        if error is not None and error.kind is not ErrorKind.RATE:
            raise error  # "too many" is only early

    async def _ask(
        self, cursor: Cursor
    ) -> tuple[list[Item], dict[str, Deleted], XError | None]:
        """Return what is new in the sources whose time has come, and what is gone."""
        found, gone = list[Item](), dict[str, Deleted]()
        error: XError | None = None
        for source in self._due():
            shown, failure = await self._read(source, cursor)
            seen = frozenset(cursor.places[source].seen)
            found += [one for one in shown if one.id not in seen]
            if source is Source.MENTIONS and failure is None:
                gone = await self._vanished.among(self._expected(cursor), shown)
                self._surroundings.drop(gone)
            if error is None or error.kind is ErrorKind.RATE:  # which passes by itself
                error = failure or error
        await self._surroundings.gather(found)
        return found, gone, error

    def _expected(self, cursor: Cursor) -> list[str]:
        """Return the mentions that were seen and have to be shown again."""
        place = cursor.places[Source.MENTIONS]
        oldest = int(place.since(self._ledger.policy.overlap))
        return [id_ for id_ in place.seen if int(id_) > oldest]

    async def _read(
        self, source: Source, cursor: Cursor
    ) -> tuple[list[Item], XError | None]:
        policy, now = self._ledger.policy, self._ledger.clock.now()
        try:
            items = await self._reader.read(source, cursor, policy.overlap)
        except XError as error:
            return [], error
        self._asked[source] = now
        return items, None

    def _due(self) -> Sequence[Source]:
        policy, now = self._ledger.policy, self._ledger.clock.now()
        every = {
            Source.MENTIONS: policy.poll_every,
            Source.DIRECTS: max(policy.poll_every, self._directs_every),
        }
        if policy.listen:
            every[Source.SEARCH] = policy.poll_every
        return [
            source
            for source, pause in every.items()
            if source not in self._asked or now - self._asked[source] >= pause
        ]

    def _read_item(self, item: Item, us: Us) -> list[Inbound]:
        if item.source is Source.DIRECTS:
            read = read_direct(item.raw, item.beside, us)
        else:
            read = read_post(item.raw, item.beside, us)
        for one in read:
            if item.source is Source.MENTIONS and isinstance(one, Message):
                self._vanished.note(item, one)
        if item.source is Source.SEARCH and any(_addresses(one) for one in read):
            return []  # it comes as a mention
        return [self._surroundings.around(one, item.raw, us) for one in read]

    async def _read_event(self, event: Event, us: Us) -> list[Inbound]:
        if event.kind in events.POSTED:
            item = event.item()
            await self._surroundings.gather([item])
            return self._read_item(item, us)
        if event.kind == events.DIRECT:
            return read_old_directs(event.payload, us)
        if event.kind == events.ENCRYPTED:
            sender = text_in(event.payload, "sender_id") or ""
            handle = await self._people.handle(sender) if sender else ""
            return read_encrypted(event.payload, us, handle=handle)
        return decoded(event.payload, lambda: [_deletion(event, us)], us)


def _addresses(inbound: Inbound) -> bool:
    return isinstance(inbound, Message) and inbound.summoned


def _deletion(event: Event, us: Us) -> Deleted:
    return Deleted(
        channel=us.channel,
        id=MessageId(id_in(event.payload)),
        customer=us.customer(id_in(event.payload, "author_id")),
        at=event.came_at,
    )
