"""The store ends, its disk fills up, it comes back: the program waits and goes on."""

from __future__ import annotations

import asyncio
import os
import resource
import signal

import pytest

from bot.clock import SystemClock
from bot.flow.outcomes import count_outcomes
from bot.store.server import connect
from tests.faults.asking import QUICK, ask
from tests.first_line import FirstLine, on_simulator
from tests.ledger import times_received
from tests.waiting import until


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return on_simulator(redis, tmp_path, clock=SystemClock(), policy=QUICK)


async def pid_of(server) -> int:
    client = connect(server.address)
    try:
        return int((await client.info("server"))["process_id"])
    finally:
        await client.close()


async def test_a_killed_store_is_started_again_and_nothing_is_lost(line, server):
    watching = asyncio.Event()
    async with line.running():
        watcher = asyncio.create_task(server.keep_running(watching, pause_s=0.2))
        ask(line, 20)
        await until(lambda: times_received(line).total() >= 5)
        os.kill(await pid_of(server), signal.SIGKILL)
        ask(line, 20, start=20)
        await until(lambda: times_received(line).total() >= 40)
        watching.set()
        await watcher
    assert times_received(line).total() == 40
    assert (await count_outcomes(line.events)).adds_up
    said = [name for name, _ in line.logged]
    assert "outage_began" in said
    assert "outage_ended" in said


async def test_on_a_full_disk_the_store_ends_and_the_program_says_why(line, server):
    """A limit on the size of its files is to the server what a full disk is."""
    logged = []
    server._log = lambda event, /, **fields: logged.append((event, fields))
    ask(line, 3)
    async with line.running():
        await until(lambda: times_received(line).total() == 3)
        size = sum(f.stat().st_size for f in server._folder.rglob("*.aof"))
        pid = await pid_of(server)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size + 2_000, size + 2_000))
        ask(line, 30, start=3)
        await until(lambda: any(name == "outage_began" for name, _ in line.logged))
        watching = asyncio.Event()
        watcher = asyncio.create_task(server.keep_running(watching, pause_s=0.2))
        await until(lambda: times_received(line).total() == 33)  # there is space again
        watching.set()
        await watcher
    assert [name for name, _ in logged][:2] == ["store_ended", "store_started"]
    assert "AOF" in str(logged[0][1]["said"])
    outcomes = await count_outcomes(line.events)
    assert (outcomes.seen, outcomes.adds_up) == (33, True)
    assert times_received(line).total() == 33


async def test_a_store_that_refuses_to_write_is_waited_for(line, redis):
    async with line.running():
        await redis.config_set("maxmemory", "1")
        ask(line, 5)
        await until(lambda: any(name == "outage_began" for name, _ in line.logged))
        assert times_received(line).total() == 0
        begun = [fields for name, fields in line.logged if name == "outage_began"]
        assert "out of memory" in str(begun)
        assert "delivery_cost" not in str(line.logged)  # not a word of a customer
        await redis.config_set("maxmemory", "0")
        await until(lambda: times_received(line).total() == 5)
