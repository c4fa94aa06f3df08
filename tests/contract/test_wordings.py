"""What every memory of an account's words promises, to all processes together."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.model.message import ChannelName
from bot.ports.wordings import Wordings
from bot.store.wordings import KEPT, RedisWordings
from tests.builders import NOON

X, OTHER = ChannelName("x"), ChannelName("x2")
APART, NOTHING = timedelta(seconds=10), timedelta(0)


@pytest.fixture
def wordings(redis) -> Wordings:
    return RedisWordings(redis)


async def take(wordings, key, *, words="w1", after_s=0.0, channel=X):
    now = NOON + timedelta(seconds=after_s)
    return await wordings.take(channel, words, key=key, apart=APART, now=now)


async def test_the_same_words_wait_for_the_rest_of_the_time_and_others_do_not(wordings):
    assert await take(wordings, "a") == NOTHING
    assert await take(wordings, "b", after_s=4) == timedelta(seconds=6)
    assert await take(wordings, "b", words="w2", after_s=4) == NOTHING
    assert await take(wordings, "b", channel=OTHER, after_s=4) == NOTHING
    assert await take(wordings, "b", after_s=10) == NOTHING
    assert await take(wordings, "c", after_s=11) == timedelta(seconds=9)
    assert await take(wordings, "c", after_s=15) == timedelta(seconds=5)


async def test_each_of_those_who_wait_has_a_turn_of_its_own(wordings):
    assert await take(wordings, "a") == NOTHING
    for number in range(1, 6):
        wait = await take(wordings, f"k{number}", after_s=1)
        assert wait == timedelta(seconds=10 * number - 1)
    assert await take(wordings, "k1", after_s=10) == NOTHING
    assert await take(wordings, "k2", after_s=20) == NOTHING


async def test_who_comes_late_for_its_turn_moves_the_next_one_on(wordings):
    assert await take(wordings, "a") == NOTHING
    assert await take(wordings, "b", after_s=1) == timedelta(seconds=9)
    assert await take(wordings, "c", after_s=1) == timedelta(seconds=19)
    assert await take(wordings, "b", after_s=18) == NOTHING
    assert await take(wordings, "c", after_s=20) == timedelta(seconds=8)
    assert await take(wordings, "c", after_s=28) == NOTHING


async def test_a_turn_that_nobody_took_holds_up_nobody_for_long(wordings):
    assert await take(wordings, "a") == NOTHING
    assert await take(wordings, "gone", after_s=1) == timedelta(seconds=9)
    assert await take(wordings, "b", after_s=21) == NOTHING


async def test_a_text_that_is_tried_again_does_not_wait_for_itself(wordings):
    assert await take(wordings, "a") == NOTHING
    assert await take(wordings, "a", after_s=3) == NOTHING
    assert await take(wordings, "b", after_s=10) == timedelta(seconds=3)


async def test_of_many_at_once_one_has_the_words(wordings):
    waits = await asyncio.gather(*(take(wordings, f"k{n}") for n in range(20)))
    assert sorted(waits).count(NOTHING) == 1


async def test_what_is_older_than_a_quarter_of_an_hour_is_forgotten(wordings, redis):
    for number in range(50):
        await take(wordings, "a", words=f"w{number}", after_s=number)
    late = KEPT.total_seconds() + 49
    assert await wordings.lately(X, now=NOON + timedelta(seconds=late)) == {"w49"}
    await take(wordings, "a", words="new", after_s=late)
    sizes = [await redis.zcard("{said:x}at"), await redis.hlen("{said:x}by")]
    assert sizes == [2, 2]


async def test_no_turn_is_kept_for_ever(wordings, redis):
    for number in range(50):
        await take(wordings, f"k{number}")
    assert await redis.zcard("{said:x}turns") == 50  # the first has none, the last two
    late = KEPT.total_seconds() + 1000
    await take(wordings, "new", words="other", after_s=late)
    assert await redis.zcard("{said:x}turns") == 0
