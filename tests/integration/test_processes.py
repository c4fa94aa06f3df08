"""Who is alive: processes beat, and are forgotten when they fall silent."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from bot.clock import ManualClock, SystemClock
from bot.flow.heartbeat import FORGET_AFTER, Heartbeat, LoopDelay
from bot.flow.loop import Outages
from bot.log import json_log
from bot.model.process import Process
from bot.store.processes import RedisProcesses
from tests.builders import NOON
from tests.waiting import until


def process(name: str, **facts) -> Process:
    known = {"roles": ("sender",), "pid": 7, "host": "here", "since": NOON}
    return Process(id=name, **{**known, **facts})


async def test_what_a_process_tells_is_what_the_others_read(redis):
    processes = RedisProcesses(redis)
    told = process("a", loop_delay_ms=12.5, outages=("sender: it is away",))
    await processes.beat(told, now=NOON, ttl=FORGET_AFTER)
    assert await processes.alive(now=NOON, ttl=FORGET_AFTER) == [told]


async def test_a_silent_process_counts_as_gone_and_is_forgotten(redis):
    processes = RedisProcesses(redis)
    await processes.beat(process("dead"), now=NOON, ttl=FORGET_AFTER)
    later = NOON + FORGET_AFTER + timedelta(seconds=1)
    assert await processes.alive(now=later, ttl=FORGET_AFTER) == []
    await processes.beat(process("new"), now=later, ttl=FORGET_AFTER)
    assert await redis.hkeys("{processes}facts") == ["new"]
    assert await redis.zrange("{processes}seen", 0, -1) == ["new"]


class Versions:
    version, refused = "0123abcd", ""


def beat_of(process, processes, clock) -> Heartbeat:
    return Heartbeat(
        process,
        processes,
        Outages(),
        policies=Versions(),
        clock=clock,
        log=json_log,
    )


async def test_a_process_that_ends_in_order_says_good_bye(redis):
    processes, clock, stop = RedisProcesses(redis), ManualClock(NOON), asyncio.Event()
    heartbeat = beat_of(process("a"), processes, clock)
    beating = asyncio.create_task(heartbeat.run(stop))
    await until(lambda: processes.alive(now=NOON, ttl=FORGET_AFTER))
    (alive,) = await processes.alive(now=NOON, ttl=FORGET_AFTER)
    assert alive.policy == Versions.version
    stop.set()
    await beating
    assert await processes.alive(now=NOON, ttl=FORGET_AFTER) == []


async def test_a_heart_beats_on_while_the_store_is_away(server):
    """It is the loops that say so."""
    from bot.store.server import connect

    client, stop = connect(server.address), asyncio.Event()
    clock, processes = SystemClock(), RedisProcesses(client)
    await server.stop()
    heartbeat = beat_of(process("a", since=clock.now()), processes, clock)
    beating = asyncio.create_task(heartbeat.run(stop))
    await asyncio.sleep(0.2)
    assert not beating.done()
    stop.set()
    await beating
    await client.close()


async def test_a_blocked_event_loop_shows_in_its_delay():
    delay, stop = LoopDelay(), asyncio.Event()
    watching = asyncio.create_task(delay.watch(stop))
    await asyncio.sleep(0.05)
    time.sleep(0.2)  # noqa: ASYNC251 - the fault
    await asyncio.sleep(0.05)
    stop.set()
    await watching
    assert delay.take_ms() > 150
    assert delay.take_ms() == 0
