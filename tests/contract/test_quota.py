"""What every count of calls promises: never more than a window allows, all together."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta

import pytest

from bot.model.message import ChannelName
from bot.ports import Quota, Window
from bot.store.quota import RedisQuota
from bot.store.server import connect
from tests.builders import NOON

X, OTHER = ChannelName("x"), ChannelName("x2")
QUARTER = timedelta(minutes=15)
FIVE = Window("dm_events.read", 5, QUARTER)
SLICE = QUARTER / 180  # how much later than necessary a unit may come free


@pytest.fixture
def quota(redis) -> Quota:
    return RedisQuota(redis)


async def take(quota: Quota, *windows: Window, now: datetime = NOON, units: int = 1):
    return await quota.take(X, windows or (FIVE,), now=now, units=units)


async def left(quota: Quota, window: Window = FIVE, now: datetime = NOON):
    return (await quota.left(X, (window,), now=now))[window.name]


async def test_a_window_gives_its_count_and_then_says_how_long_to_wait(quota):
    assert [await take(quota) for _ in range(5)] == [None] * 5
    wait = await take(quota)
    assert QUARTER <= wait <= QUARTER + SLICE
    assert await take(quota, now=NOON + wait) is None


async def test_what_was_refused_took_nothing(quota):
    for _ in range(9):
        await take(quota)
    later = NOON + QUARTER + SLICE
    assert await left(quota, now=later) == (5, None)


async def test_from_several_windows_all_or_nothing_is_taken(quota):
    day = Window("dm_events.day", 7, timedelta(days=1))
    assert [await take(quota, FIVE, day) for _ in range(5)] == [None] * 5
    assert await take(quota, FIVE, day) is not None
    assert await left(quota, day) == (2, NOON + day.per + day.per / 180)
    later = NOON + QUARTER + SLICE
    assert [await take(quota, FIVE, day, now=later) for _ in range(2)] == [None] * 2
    wait = await take(quota, FIVE, day, now=later)
    assert wait > timedelta(hours=23)


async def test_several_units_wait_until_all_of_them_fit(quota):
    await take(quota, units=3)
    await take(quota, units=2, now=NOON + timedelta(minutes=5))
    soon = NOON + timedelta(minutes=6)
    for_three = await take(quota, units=3, now=soon)
    for_four = await take(quota, units=4, now=soon)
    assert timedelta(minutes=9) <= for_three < timedelta(minutes=10)
    assert timedelta(minutes=14) <= for_four < timedelta(minutes=15)


@pytest.mark.parametrize("units", [0, -1, 6])
async def test_units_that_never_fit_are_a_mistake(quota, units):
    with pytest.raises(ValueError, match="never fit"):
        await take(quota, units=units)


async def test_no_window_is_no_limit(quota):
    assert await quota.take(X, (), now=NOON) is None
    assert await quota.left(X, (), now=NOON) == {}


async def test_each_channel_and_each_window_counts_by_itself(quota):
    for _ in range(5):
        await take(quota)
    assert await quota.take(OTHER, (FIVE,), now=NOON) is None
    assert await take(quota, Window("mentions.read", 5, QUARTER)) is None


@pytest.mark.parametrize("seed", range(3))
async def test_no_stretch_of_time_ever_holds_more_than_the_count(server, seed):
    """Three processes, clocks a little apart, for two simulated hours."""
    chance, window = random.Random(seed), Window("reads", 20, QUARTER)
    clients = [connect(server.address) for _ in range(3)]
    quotas = [RedisQuota(client) for client in clients]
    now, taken = NOON, list[datetime]()
    while now < NOON + timedelta(hours=2):
        now += timedelta(seconds=chance.expovariate(1 / 20))
        at = now - timedelta(seconds=chance.uniform(0, 0.5))
        units = chance.choice((1, 1, 1, 4))
        quota = chance.choice(quotas)
        if await quota.take(X, (window,), now=at, units=units) is None:
            taken += [at] * units
    taken.sort()
    for first, one_more in zip(taken, taken[window.count :], strict=False):
        assert one_more - first >= window.per
    whole = timedelta(hours=2) / QUARTER * window.count
    assert len(taken) >= whole * 0.9  # and nearly all of it can be used
    for client in clients:
        await client.close()


async def test_processes_that_take_at_the_same_moment_share_one_count(server):
    clients = [connect(server.address) for _ in range(4)]
    calls = [RedisQuota(client).take(X, (FIVE,), now=NOON) for client in clients * 5]
    results = await asyncio.gather(*calls)
    assert results.count(None) == 5
    for client in clients:
        await client.close()


async def test_what_the_network_says_makes_it_less(quota):
    resets_at = NOON + timedelta(minutes=7)
    await quota.observe(X, FIVE.name, remaining=1, resets_at=resets_at, now=NOON)
    assert await left(quota) == (1, resets_at)
    assert await take(quota) is None
    assert await take(quota) == timedelta(minutes=7)
    assert await take(quota, now=resets_at) is None


async def test_what_the_network_says_never_makes_it_more(quota):
    for _ in range(5):
        await take(quota)
    resets_at = NOON + timedelta(minutes=7)
    await quota.observe(X, FIVE.name, remaining=5, resets_at=resets_at, now=NOON)
    assert await take(quota) is not None


async def test_of_answers_in_any_order_the_least_of_the_latest_period_counts(quota):
    early, late = NOON + timedelta(minutes=1), NOON + timedelta(minutes=9)
    for remaining, resets_at in ((2, late), (4, late), (0, early), (3, late)):
        await quota.observe(
            X, FIVE.name, remaining=remaining, resets_at=resets_at, now=NOON
        )
    assert await left(quota) == (2, late)


async def test_a_new_period_of_the_network_begins_with_what_it_says(quota):
    first, second = NOON + timedelta(minutes=1), NOON + timedelta(minutes=16)
    await quota.observe(X, FIVE.name, remaining=0, resets_at=first, now=NOON)
    await quota.observe(X, FIVE.name, remaining=4, resets_at=second, now=first)
    assert await left(quota, now=first) == (4, second)


async def test_a_reset_that_lies_beyond_the_windows_length_is_not_believed(quota):
    never = NOON + timedelta(days=9000)
    await quota.observe(X, FIVE.name, remaining=0, resets_at=never, now=NOON)
    assert await take(quota, now=NOON + timedelta(minutes=14)) is not None
    assert await take(quota, now=NOON + QUARTER) is None


async def test_a_clock_that_was_far_ahead_blocks_nothing_for_long(quota):
    for _ in range(5):
        await take(quota, now=NOON + timedelta(days=3))
    assert await take(quota) is None


async def test_what_is_over_leaves_nothing_behind(quota, redis):
    for minute in range(0, 24 * 60, 20):
        await take(quota, now=NOON + timedelta(minutes=minute))
    (key,) = await redis.keys("{quota:*")
    assert await redis.hlen(key) <= 2
