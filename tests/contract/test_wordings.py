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
