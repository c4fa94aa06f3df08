"""Which shards a look is at: those that were rung for, and now and then all."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.store.bells import ALL_AFTER, REST, Bell
from bot.store.keys import SHARDS
from tests.builders import NOON
from tests.waiting import PATIENCE_S

A_WHILE = timedelta(milliseconds=60)


@pytest.fixture
def bell() -> Bell:
    made = Bell()
    made.works = True
    return made


def test_where_nobody_rings_every_look_is_at_all_shards():
    bell = Bell()
    assert [bell.look(NOON) for _ in range(3)] == [SHARDS] * 3


def test_a_ring_names_the_shards_of_the_next_look(bell):
    assert bell.look(NOON) == SHARDS
    bell.ring(["s09"])
    bell.ring(["s03"])
    assert bell.look(NOON) == ["s03", "s09"]
    assert bell.look(NOON) == (), "there was nothing else, just now"


def test_a_pause_that_no_ring_ended_is_followed_by_a_look_at_all(bell):
    bell.look(NOON)
    bell.ring(["s03"])
    bell.look(NOON)
    assert bell.look(NOON + REST) == SHARDS


def test_rings_without_end_do_not_put_off_the_look_at_all(bell):
    bell.look(NOON)
    looks = []
    for number in range(10):
        bell.ring(["s03"])
        looks.append(bell.look(NOON + number * A_WHILE))
    every = -(-ALL_AFTER // A_WHILE)
    assert [n for n, look in enumerate(looks) if look == SHARDS] == [every]


def test_what_was_left_is_looked_for_everywhere_and_at_once(bell):
    bell.look(NOON)
    bell.ring(["s03"])
    bell.look(NOON)
    bell.leave()
    bell.ring(["s03"])
    assert bell.look(NOON) == SHARDS
    assert bell.look(NOON) == ()


def test_a_clock_that_was_set_back_hides_nothing(bell):
    bell.look(NOON)
    assert bell.look(NOON - timedelta(hours=1)) == SHARDS


async def test_what_one_loop_left_wakes_another_one(bell):
    bell.look(NOON)
    waiting = asyncio.create_task(bell.wait(60.0))
    await asyncio.sleep(0)
    bell.leave()
    await asyncio.wait_for(waiting, PATIENCE_S)
    assert bell.look(NOON) == SHARDS
