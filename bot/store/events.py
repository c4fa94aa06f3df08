"""The event streams, read by reports, pages and desks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import from_ms, to_ms
from bot.model.case import CaseId
from bot.model.event import Event, EventType
from bot.model.message import CustomerId
from bot.store import keys
from bot.store.event_files import EventFiles, Row, place
from bot.store.scripts import reporting_outages

if TYPE_CHECKING:
    from redis.asyncio import Redis


PAGE = 5000  # events that `every` asks for at once


class RedisEvents:
    """One stream a shard; a customer's events are all in one, in order.

    What was moved to files (see archive.py) is read from there by whoever is that
    far back. `folder` is where they are; None if this process cannot have them.
    """

    shards: Sequence[str] = keys.SHARDS

    def __init__(self, redis: Redis[str], folder: Path | None = None) -> None:
        self._redis, self._folder = redis, folder

    def shards_for(self, id_: str) -> Sequence[str]:
        """Return where a customer, case, text or message can be, the likeliest first."""
        case = re.match(r"C-\d+", id_)
        if case:
            return (keys.shard_of_case(CaseId(case[0])),)
        own = keys.shard_of(CustomerId(id_))
        return (own, *(shard for shard in keys.SHARDS if shard != own))

    async def every(self, shard: str) -> AsyncIterator[Event]:
        """Yield every event of one shard from the beginning, in its order."""
        after = "0"
        while rows := (await self._pages({shard: after}, PAGE))[shard]:
            for id_, fields in rows:
                yield _event(shard, id_, fields)
            after = rows[-1][0]

    async def missing(self) -> Sequence[str]:
        """Return the shards whose older events are in files that are not here."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    pipe.hget(keys.in_shard(shard, "archive"), "archived")
                moved = await pipe.execute()
        if not any(moved):
            return ()
        files = await self._files()
        return [
            shard
            for shard, upto in zip(keys.SHARDS, moved, strict=True)
            if upto and (files is None or place(files.last(shard)) < place(upto))
        ]

    async def since(
        self, cursors: Mapping[str, str], *, limit: int = 1000
    ) -> tuple[list[Event], dict[str, str]]:
        """Return events after `cursors` and the cursors to pass next time.

        `limit` counts events of one shard.
        """
        afters = {shard: cursors.get(shard, "0") for shard in keys.SHARDS}
        pages = await self._pages(afters, limit)
        ends = dict(cursors) | {shard: r[-1][0] for shard, r in pages.items() if r}
        parts = [
            [_event(shard, id_, fields) for id_, fields in rows]
            for shard, rows in pages.items()
        ]
        # by time between shards, and never against the order within one
        return list(merge(*parts, key=lambda event: event.at)), ends

    def before(self, moment: datetime) -> dict[str, str]:
        """Return cursors behind which everything since `moment` comes.

        Ids of streams begin with the store's own time of the event.
        """
        return dict.fromkeys(keys.SHARDS, str(max(0, to_ms(moment) - 1)))

    async def _pages(
        self, afters: Mapping[str, str], limit: int
    ) -> dict[str, list[Row]]:
        """Return up to `limit` events of each shard that come after an id.

        The stream is read before it is asked how far it was trimmed: what went to
        a file in between is then looked for there, so that there is no gap.
        """
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard, after in afters.items():
                    name = keys.in_shard(shard, "events")
                    pipe.xrange(name, min=f"({after}", count=limit)
                    pipe.hget(keys.in_shard(shard, "archive"), "archived")
                answers = await pipe.execute()
        pages: dict[str, list[Row]] = {}
        for number, (shard, after) in enumerate(afters.items()):
            rows, moved = answers[2 * number : 2 * number + 2]
            if moved and place(moved) > place(after):
                rows = await self._from_files(shard, after, limit) or rows
            pages[shard] = rows
        return pages

    async def _from_files(self, shard: str, after: str, limit: int) -> list[Row]:
        files = await self._files()
        if files is None:
            return []
        return await asyncio.to_thread(files.read, shard, after=after, limit=limit)

    async def _files(self) -> EventFiles | None:
        """Return the files of this store, whose name stands in it."""
        if self._folder is None:
            return None
        with reporting_outages():
            name = await self._redis.get(keys.ARCHIVE_NAME)
        return EventFiles(self._folder / name) if name else None

    async def bookmark(self, reader: str) -> dict[str, str]:
        """Return the cursors that `reader` kept; {} if it never did."""
        with reporting_outages():
            # from now on nothing is moved to files that this reader has not read
            await self._redis.sadd(keys.READERS, reader)
            return await self._redis.hgetall(keys.bookmark(reader))

    async def keep_bookmark(self, reader: str, cursors: Mapping[str, str]) -> None:
        """Remember how far `reader` has read."""
        if not cursors:
            return
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.sadd(keys.READERS, reader)
                for shard, cursor in cursors.items():
                    pipe.hset(keys.bookmark(reader), shard, cursor)
                await pipe.execute()


def _event(shard: str, id_: str, fields: Mapping[str, str]) -> Event:
    """Return an event; what another version wrote, or what is damaged, stops nobody."""
    facts = {k: v for k, v in fields.items() if k not in ("type", "at_ms", "customer")}
    try:
        type_, at = EventType(fields["type"]), from_ms(int(fields["at_ms"]))
        customer = CustomerId(fields["customer"])
    except (KeyError, ValueError, OverflowError):
        type_, at = EventType.UNREADABLE, from_ms(place(id_)[0])
        customer = CustomerId(fields.get("customer", ""))
    return Event(id=f"{shard}-{id_}", type=type_, at=at, customer=customer, facts=facts)
