"""What every store of deliveries promises: stored once, dealt with once, in order."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.errors import StoreUnavailable
from bot.ports.deliveries import Deliveries
from bot.store.deliveries import FORGET_AFTER, RedisDeliveries
from bot.store.server import connect
from tests.builders import NOON

LEASE = timedelta(seconds=30)
CLICK = {"type": "block_actions", "user": {"id": "U1"}}


@pytest.fixture
def deliveries(redis) -> Deliveries:
    return RedisDeliveries(redis)


async def take(deliveries, key, *, lane="C1:1.0", now=NOON, body=CLICK):
    return await deliveries.take(key, lane=lane, body=body, now=now, length=LEASE)


async def lease(deliveries, now=NOON, limit=10):
    return await deliveries.lease(now=now, length=LEASE, limit=limit)


async def test_who_takes_a_delivery_has_it_in_hand_at_once(deliveries):
    taken = await take(deliveries, "click-1")
    assert taken.new
    assert taken.lease is not None
    assert (taken.lease.key, taken.lease.body) == ("click-1", CLICK)
    assert (taken.lease.taken_at, taken.lease.tries) == (NOON, 1)
    assert await lease(deliveries) == []
    assert await deliveries.waiting() == 1


async def test_a_copy_is_nothing_while_the_first_is_in_hand(deliveries):
    await take(deliveries, "click-1")
    copy = await take(deliveries, "click-1")
    assert (copy.new, copy.lease) == (False, None)
    assert await deliveries.waiting() == 1


async def test_a_copy_is_nothing_long_after_the_first_is_done(deliveries):
    taken = await take(deliveries, "click-1")
    await deliveries.finish(taken.lease, now=NOON)
    late = NOON + FORGET_AFTER - timedelta(seconds=1)
    assert not (await take(deliveries, "click-1", now=late)).new
    assert await deliveries.waiting() == 0


async def test_keys_are_forgotten_in_the_end_so_that_the_store_stays_small(
    deliveries, redis
):
    taken = await take(deliveries, "click-1")
    await deliveries.finish(taken.lease, now=NOON)
    later = NOON + FORGET_AFTER + timedelta(seconds=1)
    taken = await take(deliveries, "click-2", now=later)
    await deliveries.finish(taken.lease, now=later)
    assert sorted(await redis.keys()) == ["{deliveries}known", "{deliveries}tokens"]
    assert await redis.zrange("{deliveries}known", 0, -1) == ["click-2"]


async def test_of_many_copies_at_once_one_is_dealt_with(deliveries, server):
    others = [connect(server.address) for _ in range(4)]
    stores = [RedisDeliveries(other) for other in others]
    taken = await asyncio.gather(
        *(take(stores[n % 4], "click-1", lane=f"lane-{n}") for n in range(44))
    )
    assert sum(one.new for one in taken) == 1
    assert sum(one.lease is not None for one in taken) == 1
    await asyncio.gather(*(other.close() for other in others))


async def test_what_comes_behind_another_of_its_lane_waits_for_its_turn(deliveries):
    first = await take(deliveries, "click-1")
    second = await take(deliveries, "click-2")
    assert (second.new, second.lease) == (True, None)
    assert await lease(deliveries) == []
    await deliveries.finish(first.lease, now=NOON)
    (next_one,) = await lease(deliveries)
    assert (next_one.key, next_one.tries) == ("click-2", 1)


async def test_lanes_do_not_wait_for_each_other(deliveries):
    await take(deliveries, "click-1", lane="C1:1.0")
    assert (await take(deliveries, "click-2", lane="C1:2.0")).lease is not None


async def test_what_a_process_left_is_taken_over_when_its_lease_has_run_out(deliveries):
    left = await take(deliveries, "click-1")
    assert await lease(deliveries, NOON + LEASE - timedelta(seconds=1)) == []
    (taken_over,) = await lease(deliveries, NOON + LEASE)
    assert (taken_over.key, taken_over.body, taken_over.tries) == ("click-1", CLICK, 2)
    assert not await deliveries.finish(left.lease, now=NOON)
    assert not await deliveries.put_off(left.lease, due=NOON)
    assert await deliveries.waiting() == 1
    assert await deliveries.finish(taken_over, now=NOON)
    assert await deliveries.waiting() == 0


async def test_what_was_taken_over_is_in_one_hand_only(deliveries):
    await take(deliveries, "click-1")
    late = NOON + LEASE
    assert len(await lease(deliveries, now=late)) == 1
    assert await lease(deliveries, now=late) == []


async def test_what_is_put_off_keeps_its_place_and_comes_back(deliveries):
    first = await take(deliveries, "click-1")
    await take(deliveries, "click-2")
    later = NOON + timedelta(seconds=5)
    assert await deliveries.put_off(first.lease, due=later)
    assert await lease(deliveries, later - timedelta(seconds=1)) == []
    (again,) = await lease(deliveries, later)
    assert (again.key, again.tries) == ("click-1", 2)


async def test_no_more_lanes_are_leased_than_asked_for(deliveries):
    for number in range(5):
        await take(deliveries, f"click-{number}", lane=f"C1:{number}")
    later = NOON + LEASE
    assert len(await lease(deliveries, later, limit=3)) == 3
    assert len(await lease(deliveries, later, limit=3)) == 2


async def test_an_old_lease_ends_nothing_of_a_lane_that_began_anew(deliveries):
    first = await take(deliveries, "click-1")
    await deliveries.finish(first.lease, now=NOON)
    await take(deliveries, "click-2")
    assert not await deliveries.finish(first.lease, now=NOON)
    assert await deliveries.waiting() == 1


async def test_it_outlives_the_server(deliveries, server):
    await take(deliveries, "click-1", body={"text": "Grüße 👋 \ud800"})
    await server.stop()
    with pytest.raises(StoreUnavailable):
        await take(deliveries, "click-2")
    await server.start()
    again = connect(server.address)
    (found,) = await lease(RedisDeliveries(again), NOON + LEASE)
    assert found.body == {"text": "Grüße 👋 \ud800"}
    await again.close()
