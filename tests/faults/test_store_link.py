"""The way to the store is slow, flaps or is cut: the program waits and goes on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from bot.clock import SystemClock
from bot.flow.outcomes import count_outcomes
from bot.log import json_log
from bot.store.generation import Generation
from bot.store.server import connect
from tests.faults.asking import QUICK, ask
from tests.first_line import FirstLine, on_simulator
from tests.ledger import times_received
from tests.proxy import Proxy
from tests.waiting import until

LOOPS = 4  # of FirstLine.running


@pytest.fixture
async def proxy(server) -> AsyncIterator[Proxy]:
    async with Proxy(server.address).running() as made:
        yield made


@pytest.fixture
async def line(proxy, tmp_path) -> AsyncIterator[FirstLine]:
    clock = SystemClock()
    client = connect(proxy.address, Generation(clock=clock, log=json_log))
    yield on_simulator(client, tmp_path, clock=clock, policy=QUICK)
    await client.close()


def logged(line: FirstLine, name: str) -> int:
    return sum(event == name for event, _ in line.logged)


async def everybody_was_answered_once(line: FirstLine, count: int) -> None:
    assert times_received(line) == Counter({f"c{number}": 1 for number in range(count)})
    outcomes = await count_outcomes(line.events)
    assert (outcomes.seen, outcomes.adds_up) == (count, True)


async def test_a_link_that_is_cut_is_one_outage_for_each_loop(line, proxy):
    async with line.running():
        ask(line, 10)
        await until(lambda: len(times_received(line)) == 10)
        proxy.cut()
        await until(lambda: logged(line, "outage_began") == LOOPS)
        ask(line, 10, start=10)
        await asyncio.sleep(3)  # the loops try again, and say no more of it
        assert logged(line, "outage_began") == LOOPS
        assert logged(line, "outage_ended") == 0
        proxy.mend()
        await until(lambda: len(times_received(line)) == 20)
        await until(lambda: logged(line, "outage_ended") == LOOPS)
    await everybody_was_answered_once(line, 20)
    assert "delivery_cost" not in str(line.logged)  # not a word of a customer


async def test_a_slow_store_slows_the_program_and_breaks_nothing(line, proxy):
    proxy.delay_s = 0.1
    async with line.running():
        ask(line, 20)
        await until(lambda: len(times_received(line)) == 20)
    await everybody_was_answered_once(line, 20)
    assert logged(line, "outage_began") == 0


async def test_a_store_too_slow_to_answer_in_time_is_an_outage(line, proxy):
    async with line.running():
        ask(line, 5)
        await until(lambda: len(times_received(line)) == 5)
        proxy.delay_s = 11  # longer than a client waits
        ask(line, 5, start=5)
        await until(lambda: logged(line, "outage_began") == LOOPS)
        proxy.mend()
        proxy.cut()  # what hangs, ends
        proxy.mend()
        await until(lambda: len(times_received(line)) == 10)
        await until(lambda: logged(line, "outage_ended") == LOOPS)
    await everybody_was_answered_once(line, 10)


@pytest.mark.parametrize("after", [700, 2_500, 6_000])
async def test_a_link_that_breaks_in_the_middle_of_answers_loses_and_doubles_nothing(
    line, proxy, after
):
    """Commands have had their effect although no answer came, or half of one."""
    async with line.running():
        ask(line, 10)
        await until(lambda: len(times_received(line)) >= 3)
        for _ in range(6):
            proxy.break_after = after
            await asyncio.sleep(0.7)
            proxy.mend()
            await asyncio.sleep(0.4)
        ask(line, 10, start=10)
        await until(lambda: len(times_received(line)) == 20)
        await until(lambda: not pending(line))
    await everybody_was_answered_once(line, 20)


async def test_a_store_that_is_read_only_for_a_while_is_waited_for(line, redis):
    async with line.running():
        ask(line, 5)
        await until(lambda: len(times_received(line)) == 5)
        await redis.replicaof("127.0.0.1", "1")  # of nobody: it takes no writes
        ask(line, 5, start=5)
        await until(lambda: logged(line, "outage_began") > 0)
        await redis.replicaof("NO", "ONE")
        await until(lambda: len(times_received(line)) == 10)
    await everybody_was_answered_once(line, 10)
    causes = [str(facts) for name, facts in line.logged if name == "outage_began"]
    assert any("read-only" in cause for cause in causes)


def pending(line: FirstLine) -> bool:
    """Tell whether an outage goes on."""
    return logged(line, "outage_began") > logged(line, "outage_ended")
