"""Who waits for work is woken; who is not told looks by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.clock import ManualClock, SystemClock
from bot.flow.loop import keep_stepping
from bot.log import json_log
from bot.model.message import CustomerId
from bot.store import keys
from bot.store.bells import Bell
from bot.store.outbox import RedisOutbox
from bot.store.turns import RedisTurns
from bot.store.wakes import Wakes
from tests.first_line import FirstLine, on_simulator
from tests.waiting import PATIENCE_S

LONG_S = 600.0  # a wait that nobody ends
CLOCK = SystemClock()
MINUTE = timedelta(minutes=1)


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
    await asyncio.wait_for(bell.wait(LONG_S), PATIENCE_S)


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return on_simulator(redis, tmp_path, clock=CLOCK)


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
    await asyncio.wait_for(loop, PATIENCE_S)
    assert len(steps) == 4


async def test_a_ring_during_a_step_is_not_lost():
    bell = Bell()
    bell.ring()
    await heard(bell)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(bell.wait(LONG_S), 0.02)


async def test_a_woken_worker_and_sender_look_where_something_is_due_and_nowhere_else(
    redis, line
):
    wakes = Wakes(redis)
    turns = RedisTurns(redis, wakes.workers)
    outbox = RedisOutbox(redis, {line.channel.name: line.channel}, wakes.senders)
    own = [keys.shard_of(CustomerId("simulator:alice"))]
    async with listening(wakes):
        for bell in (wakes.workers, wakes.senders):
            bell.look(CLOCK.now())  # at all of them, as at every beginning
        line.channel.network.direct("alice", "faq/delivery_cost 0.9")
        await line.intake.step()
        await heard(wakes.workers)
        assert wakes.workers._shards == set(own)
        (lease,) = await turns.lease(now=CLOCK.now(), length=MINUTE, limit=64)
        await turns.give_back(lease, due=CLOCK.now(), failed=False)
        assert await line.worker.step() == 1
        await heard(wakes.senders)
        assert wakes.senders._shards == set(own)
        (task,) = await outbox.begin(now=CLOCK.now(), lease=MINUTE, limit=50)
        assert task.outgoing.customer == "simulator:alice"


async def test_who_is_left_by_a_small_batch_is_taken_by_the_next_one(redis, line):
    bell = Bell()
    bell.works = True
    turns = RedisTurns(redis, bell)
    for number in range(20):
        line.channel.network.direct(f"alice{number}", "faq/delivery_cost 0.9")
    await line.intake.step()
    later = CLOCK.now() + MINUTE
    taken = [
        len(await turns.lease(now=later, length=MINUTE, limit=8)) for _ in range(4)
    ]
    assert taken == [8, 8, 4, 0]


async def test_who_is_left_by_a_small_step_is_sent_to_in_the_next_one(redis, line):
    bell = Bell()
    bell.works = True
    outbox = RedisOutbox(redis, {line.channel.name: line.channel}, bell)
    for number in range(20):
        line.channel.network.direct(f"alice{number}", "faq/delivery_cost 0.9")
    await line.intake.step()
    line.worker._clock = ManualClock(CLOCK.now() + MINUTE)
    assert await line.worker.step() == 20
    later = CLOCK.now() + 2 * MINUTE
    moved = [
        len(await outbox.begin(now=later, lease=MINUTE, limit=8)) for _ in range(4)
    ]
    assert moved == [8, 8, 4, 0]
