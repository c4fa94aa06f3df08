"""Moves old events from the streams to files, so that the store stays small.

First the file, durably, then the trim: a kill in between leaves events in both,
and their ids tell. One process at a time moves those of a shard; see
lua/hold_duty.lua and lua/trim_events.lua.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.clock import to_ms
from bot.errors import PermanentFailure
from bot.store import keys
from bot.store.event_files import EventFiles, Row, id_of, line_of, place
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

_LEASE = timedelta(seconds=60)  # far longer than one file takes
_PAGE = 100  # events that are in memory as rows, which take far more than lines do


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """What stays in a stream. `settled` keeps back what a failover may still lose."""

    at_most: int = 20_000  # events of a shard; then all but `at_least` are moved
    at_least: int = 10_000
    no_older: timedelta = timedelta(days=30)
    settled: timedelta = timedelta(minutes=10)
    at_once: int = 2_000  # events of one file, in memory as lines while it is written


class RedisArchive:
    """The `Archive` port: files under `folder`, in one folder for each store."""

    def __init__(
        self, redis: Redis[str], folder: Path, *, keep: Keep | None = None
    ) -> None:
        self._redis, self._folder, self._keep = redis, folder, keep or Keep()
        self._owner = uuid4().hex
        self._hold = script(redis, "hold_duty")
        self._trim = script(redis, "trim_events")

    shards: Sequence[str] = keys.SHARDS

    async def move(self, shard: str, *, now: datetime) -> int:
        """Move what is due of one shard; return how many events that were.

        What a bookmark has not read stays. Nothing happens while another process
        is at it.

        Raises:
            StoreUnavailable: the store is away; nothing is lost.
            PermanentFailure: the files cannot be those of this store.
        """
        surplus, moved = await self._surplus(shard), 0
        while lines := await self._due(shard, now, surplus - moved):
            trimmed = await self._move_lines(shard, lines, now)
            if not trimmed:
                break
            moved += trimmed
        return moved

    async def _move_lines(self, shard: str, lines: Sequence[str], now: datetime) -> int:
        """Write one file and trim what it holds; 0 if another process is at it."""
        if not await self._hold_shard(shard, now):
            return 0
        files = EventFiles(self._folder / await self._name_of_store())
        await asyncio.to_thread(_keep_lines, files, shard, lines)
        last = id_of(lines[-1])
        with reporting_outages():
            trimmed = await self._trim(
                keys=[keys.in_shard(shard, "events"), keys.in_shard(shard, "archive")],
                args=[self._owner, to_ms(now), last, _next_id(last)],
            )
        return int(trimmed)

    async def _surplus(self, shard: str) -> int:
        """Return how many events are too many, whatever their age."""
        with reporting_outages():
            length = await self._redis.xlen(keys.in_shard(shard, "events"))
        return length - self._keep.at_least if length > self._keep.at_most else 0

    async def _due(self, shard: str, now: datetime, surplus: int) -> list[str]:
        """Return the events at the stream's beginning that are to be moved next."""
        stream, keep = keys.in_shard(shard, "events"), self._keep
        with reporting_outages():
            first = await self._redis.xrange(stream, count=1)
        if not first:
            return []
        if surplus <= 0 and _at(first[0]) >= to_ms(now - keep.no_older):
            return []
        read_up_to = await self._read_up_to(shard)
        settled, old = to_ms(now - keep.settled), to_ms(now - keep.no_older)

        def stays(number: int, row: Row) -> bool:
            wanted = number < surplus or _at(row) < old
            return not wanted or _at(row) > settled or place(row[0]) > read_up_to

        lines: list[str] = []
        async for row in self._rows(stream, keep.at_once):
            if stays(len(lines), row):
                break
            lines.append(line_of(row))
        return lines

    async def _rows(self, stream: str, count: int) -> AsyncIterator[Row]:
        """Yield the first events, of which few at a time are in memory."""
        after, left = "-", count
        while left > 0:
            with reporting_outages():
                page = await self._redis.xrange(
                    stream, min=after, count=min(_PAGE, left)
                )
            for row in page:
                yield row
            if len(page) < min(_PAGE, left):
                return
            after, left = _next_id(page[-1][0]), left - len(page)

    async def _read_up_to(self, shard: str) -> tuple[float, float]:
        """Return how far the slowest reader has read."""
        with reporting_outages():
            readers = sorted(await self._redis.smembers(keys.READERS))
            async with self._redis.pipeline(transaction=False) as pipe:
                for reader in readers:
                    pipe.hget(keys.bookmark(reader), shard)
                marks = await pipe.execute()
        return min((place(mark or "0") for mark in marks), default=(float("inf"), 0.0))

    async def _hold_shard(self, shard: str, now: datetime) -> bool:
        with reporting_outages():
            holding = await self._hold(
                keys=[keys.in_shard(shard, "archive")],
                args=[self._owner, to_ms(now), _LEASE // timedelta(milliseconds=1)],
            )
        return bool(int(holding))

    async def _name_of_store(self) -> str:
        """Return the name that this store's files go by, and keep it there."""
        with reporting_outages():
            await self._redis.set(keys.ARCHIVE_NAME, uuid4().hex[:12], nx=True)
            name = await self._redis.get(keys.ARCHIVE_NAME)
        if not name:
            raise PermanentFailure("the store does not keep the name of its files")
        return name


def _keep_lines(files: EventFiles, shard: str, lines: Sequence[str]) -> None:
    """Write what the files do not have yet: a kill may have prevented a trim.

    Raises:
        PermanentFailure: the files go further and do not have it.
    """
    last = place(files.last(shard))
    fresh = [line for line in lines if place(id_of(line)) > last]
    there = [id_of(line) for line in lines[: len(lines) - len(fresh)]]
    if there:
        before = _id_before(there[0])
        found = files.read(shard, after=before, limit=len(there))
        if [id_ for id_, _ in found] != there:
            raise PermanentFailure(
                f"the files of {shard} go beyond the store's events and lack some: "
                "move that folder away, and look which store it belongs to"
            )
    if fresh:
        files.write(shard, fresh)


def _at(row: Row) -> int:
    told = row[1].get("at_ms", "")
    return int(told) if told.isdecimal() else place(row[0])[0]


def _next_id(id_: str) -> str:
    ms, number = place(id_)
    return f"{ms}-{number + 1}"


def _id_before(id_: str) -> str:
    ms, number = place(id_)
    return f"{ms}-{number - 1}" if number else f"{ms - 1}-{2**64 - 1}"
