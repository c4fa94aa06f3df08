"""Who waits for work is woken; who is not told looks by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.channels.simulator import SimulatorChannel
from bot.clock import SystemClock
from bot.flow.loop import keep_stepping
from bot.log import json_log
from bot.store.wakes import Bell, Wakes
from tests.builders import POLICY
from tests.first_line import FirstLine

LONG_S, SOON_S = 60.0, 10.0  # a wait that nobody ends; what a busy machine may take
CLOCK = SystemClock()


@asynccontextmanager
async def listening(wakes: Wakes) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(wakes.listen(stop, CLOCK))
    await heard(wakes.workers)
    await heard(wakes.senders)
    yield
    stop.set()
    await task


async def heard(bell: Bell) -> None:
    await asyncio.wait_for(bell.wait(LONG_S), SOON_S)


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    channel = SimulatorChannel(
        tmp_path / "net.db", brand_handle=POLICY.handle, clock=CLOCK
    )
    return FirstLine(redis, channel, CLOCK)


async def test_a_message_wakes_workers_when_it_is_due_and_its_answer_wakes_senders(
    redis, line
):
    wakes = Wakes(redis)
    async with listening(wakes):
        line.channel.network.direct("alice", "faq/delivery_cost 0.9")
        await line.intake.step()
        await heard(wakes.workers)
        assert await line.worker.step() == 1, "not before the quiet time is over"
        await heard(wakes.senders)
        assert await line.sender.step() == 1


async def test_a_broken_connection_is_known_and_made_anew(redis):
    wakes = Wakes(redis)
    async with listening(wakes):
        assert wakes.workers.works
        await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        await heard(wakes.workers)  # it has subscribed again: look what there is
        assert wakes.workers.works


async def test_nobody_is_told_to_trust_a_bell_that_nobody_rings(redis):
    wakes = Wakes(redis)
    assert not wakes.workers.works
    async with listening(wakes):
        pass
    assert not wakes.workers.works


async def test_a_ring_that_is_lost_costs_a_moment_and_no_work():
    bell, stop, steps = Bell(), asyncio.Event(), []
    bell.works = True  # and yet it never rings

    async def step():
        steps.append(1)
        if len(steps) == 4:
            stop.set()
        return 0

    loop = keep_stepping("x", step, stop=stop, log=json_log, bell=bell)
    await asyncio.wait_for(loop, SOON_S)
    assert len(steps) == 4


async def test_a_ring_during_a_step_is_not_lost():
    bell = Bell()
    bell.ring()
    await heard(bell)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(bell.wait(LONG_S), 0.02)
