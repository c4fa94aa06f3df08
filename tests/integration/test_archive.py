"""Old events go to files; whoever reads finds each event once, and none is lost."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.clock import ManualClock, to_ms
from bot.errors import PermanentFailure, StoreUnavailable
from bot.flow.archivist import EVERY, Archivist
from bot.model.event import Event
from bot.store import keys
from bot.store.archive import Keep, RedisArchive
from bot.store.event_files import EventFiles, line_of
from bot.store.events import RedisEvents
from tests.builders import NOON

SHARD = "s03"
STREAM = keys.in_shard(SHARD, "events")
KEEP = Keep(at_most=20, at_least=10, settled=timedelta(0), at_once=7)
LATER = NOON + timedelta(hours=1)


class Events:
    """A shard's stream with files, and who was written to it."""

    def __init__(self, redis, folder) -> None:
        self.redis, self.folder = redis, folder
        self.archive = RedisArchive(redis, folder, keep=KEEP)
        self.reader = RedisEvents(redis, folder)
        self.written: list[str] = []

    async def write(self, count: int, *, at: datetime = NOON) -> None:
        for _ in range(count):
            name = f"m{len(self.written)}"
            self.written.append(name)
            fields = {
                "type": "message_accepted",
                "at_ms": str(to_ms(at)),
                "customer": "simulator:alice",
                "message": name,
            }
            await self.redis.xadd(STREAM, fields)

    async def move_all(self, archive: RedisArchive | None = None) -> int:
        moved = 0
        while found := await (archive or self.archive).move(SHARD, now=LATER):
            moved += found
        return moved

    async def read(self) -> list[str]:
        return names([event async for event in self.reader.every(SHARD)])

    async def length(self) -> int:
        return await self.redis.xlen(STREAM)


def names(events: list[Event]) -> list[str]:
    return [event.facts["message"] for event in events]


@pytest.fixture
def events(redis, tmp_path) -> Events:
    return Events(redis, tmp_path / "events")


async def since(reader: RedisEvents, limit: int) -> list[str]:
    """Read everything as those who keep cursors do."""
    found: list[Event] = []
    cursors: dict[str, str] = {}
    while True:
        page, cursors = await reader.since(cursors, limit=limit)
        if not page:
            return names(found)
        found += page


async def test_a_short_stream_stays_as_it_is(events):
    await events.write(20)
    assert await events.move_all() == 0
    assert not events.folder.exists()


async def test_a_long_stream_is_shortened_and_everybody_still_reads_all_of_it(events):
    await events.write(45)
    assert await events.move_all() >= 25
    assert 10 <= await events.length() <= 20
    assert await events.read() == events.written
    for limit in (1, 3, 1000):
        assert await since(events.reader, limit) == events.written


async def test_what_is_old_goes_although_the_stream_is_short(events):
    await events.write(5)
    await events.write(5, at=NOON + timedelta(days=29))
    archive = RedisArchive(events.redis, events.folder, keep=KEEP)
    assert await archive.move(SHARD, now=NOON + timedelta(days=31)) == 5
    assert await events.read() == events.written


async def test_what_a_failover_may_still_lose_stays(events):
    await events.write(30)
    await events.write(15, at=LATER)
    careful = replace(KEEP, settled=timedelta(minutes=10), at_most=0, at_least=0)
    archive = RedisArchive(events.redis, events.folder, keep=careful)
    assert await events.move_all(archive) == 30


async def test_a_reader_that_keeps_a_bookmark_is_never_overtaken(events):
    await events.reader.bookmark("desk:web")
    await events.write(45)
    assert await events.move_all() == 0
    found, cursors = await events.reader.since({}, limit=12)
    await events.reader.keep_bookmark("desk:web", cursors)
    assert await events.move_all() == len(found) == 12
    assert await events.read() == events.written


async def test_a_kill_between_file_and_trim_loses_and_doubles_nothing(
    events, monkeypatch
):
    await events.write(45)
    killed = RedisArchive(events.redis, events.folder, keep=KEEP)

    async def die(**_: object) -> int:
        raise StoreUnavailable("killed here")

    monkeypatch.setattr(killed, "_trim", die)
    with pytest.raises(StoreUnavailable):
        await killed.move(SHARD, now=LATER)
    assert await events.length() == 45
    assert await events.read() == events.written
    # another takes over when the dead one's duty has run out
    assert await events.archive.move(SHARD, now=LATER) == 0
    later = LATER + timedelta(minutes=2)
    await events.write(3)
    while await events.archive.move(SHARD, now=later):
        pass
    assert await events.length() <= 20
    assert await events.read() == events.written
    assert await since(events.reader, 1000) == events.written


async def test_a_kill_while_a_file_is_written_leaves_no_part_of_it(events, monkeypatch):
    await events.write(45)
    monkeypatch.setattr(
        "bot.store.event_files.os.fsync", lambda _: (_ for _ in ()).throw(OSError(28))
    )
    with pytest.raises(OSError, match="28"):
        await events.archive.move(SHARD, now=LATER)
    monkeypatch.undo()
    assert await events.read() == events.written
    assert await events.move_all() >= 25
    assert await events.read() == events.written


async def test_two_processes_at_once_move_each_event_once(events):
    await events.write(200)
    other = RedisArchive(events.redis, events.folder, keep=KEEP)
    await asyncio.gather(events.move_all(), events.move_all(other))
    await events.move_all()
    assert await events.read() == events.written


async def test_who_has_lost_the_duty_meanwhile_trims_nothing(events, monkeypatch):
    await events.write(45)
    slow = RedisArchive(events.redis, events.folder, keep=KEEP)
    go_on = slow._name_of_store

    async def be_overtaken() -> str:
        later = LATER + timedelta(minutes=2)
        assert await events.archive.move(SHARD, now=later) == 35
        return await go_on()

    monkeypatch.setattr(slow, "_name_of_store", be_overtaken)
    assert await slow.move(SHARD, now=LATER) == 0
    assert await events.length() == 10
    assert await events.read() == events.written


async def test_readers_while_events_are_moved_find_each_once(events):
    await events.write(300)
    small = replace(KEEP, at_once=5, at_least=0, at_most=0)
    archive = RedisArchive(events.redis, events.folder, keep=small)

    async def read_slowly() -> list[str]:
        found: list[Event] = []
        cursors: dict[str, str] = {}
        while True:
            page, cursors = await events.reader.since(cursors, limit=3)
            if not page:
                return names(found)
            found += page

    read, *_ = await asyncio.gather(read_slowly(), events.move_all(archive))
    assert read == events.written


async def test_who_does_not_have_the_files_is_told_so(events):
    await events.write(45)
    await events.move_all()
    elsewhere = RedisEvents(events.redis, events.folder / "elsewhere")
    assert await elsewhere.missing() == [SHARD]
    assert await events.reader.missing() == []
    assert await RedisEvents(events.redis).missing() == [SHARD]


async def test_another_store_has_files_of_its_own(events):
    await events.write(45)
    await events.move_all()
    await events.redis.flushall()
    events.written.clear()
    await events.write(45)
    assert await events.read() == events.written
    await events.move_all()
    assert await events.read() == events.written
    assert len(list(events.folder.iterdir())) == 2


async def test_files_that_are_not_of_this_store_are_not_trusted(events):
    await events.write(45)
    await events.move_all()
    name = await events.redis.get(keys.ARCHIVE_NAME)
    rows = await events.redis.xrange(STREAM)
    alien = line_of((rows[-1][0], {**rows[-1][1], "message": "alien"}))
    EventFiles(events.folder / name).write(SHARD, [alien])
    await events.write(30)
    with pytest.raises(PermanentFailure, match=f"files of {SHARD}"):
        await events.move_all()


async def test_little_is_in_memory_while_a_file_is_written(events):
    """A process that has moved nothing for hours must not grow by what it moves."""
    count = 2 * Keep().at_once
    async with events.redis.pipeline(transaction=False) as pipe:
        for number in range(count):
            handled = {
                "type": "message_handled",
                "at_ms": str(to_ms(NOON)),
                "customer": f"simulator:customer{number}",
                "message": f"m{number}",
                "outcome": "answered",
                "reason": "confident",
                "label": "faq/returns",
            }
            pipe.xadd(STREAM, handled)
        await pipe.execute()
    keep = Keep(at_most=0, at_least=0)
    archive = RedisArchive(events.redis, events.folder, keep=keep)
    gc.collect()
    tracemalloc.start()
    try:
        assert await archive.move(SHARD, now=LATER) == count
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000 * keep.at_once


async def test_the_archivist_looks_now_and_then(events):
    clock, logged = ManualClock(LATER), []
    archivist = Archivist(
        events.archive, clock=clock, log=lambda event, **fields: logged.append(event)
    )
    await events.write(45)
    assert await archivist.step() == 35  # five files, down to what is to stay
    await events.write(45)
    assert await archivist.step() == 0
    clock.advance(EVERY.total_seconds())
    assert await archivist.step() > 0
    assert logged == ["events_moved", "events_moved"]
