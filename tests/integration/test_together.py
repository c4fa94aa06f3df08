"""Commands of the same moment share a trip; each has its own answer or error."""

from __future__ import annotations

import asyncio

import pytest
from redis.exceptions import RedisError, ResponseError

from bot.store.statistics import ServerStatistics
from bot.store.together import AT_ONCE, Together


async def test_each_caller_gets_its_own_answer(redis):
    await redis.mset({f"k{n}": n for n in range(AT_ONCE + 50)})
    together = Together(redis)
    answers = await asyncio.gather(
        *(together.answer(lambda pipe, n=n: pipe.get(f"k{n}")) for n in range(550))
    )
    assert answers == [str(n) for n in range(550)]


async def test_callers_of_one_moment_share_one_connection(server, redis):
    together = Together(redis)
    statistics = ServerStatistics(server.address)
    await asyncio.gather(
        *(together.answer(lambda pipe: pipe.incr("n")) for _ in range(100))
    )
    assert len(redis.connection_pool._available_connections) == 1
    assert (await statistics.calls())["incrby"] == 100
    await statistics.close()


async def test_what_is_issued_while_a_trip_is_under_way_goes_with_the_next(redis):
    together = Together(redis)
    first = asyncio.create_task(together.answer(lambda pipe: pipe.incr("n")))
    await asyncio.sleep(0)
    assert await together.answer(lambda pipe: pipe.incr("n")) == 2
    assert await first == 1
    assert await together.answer(lambda pipe: pipe.incr("n")) == 3


async def test_an_error_reaches_its_own_caller_only(redis):
    together = Together(redis)
    await redis.set("text", "x")
    wrong, right = await asyncio.gather(
        together.answer(lambda pipe: pipe.incr("text")),
        together.answer(lambda pipe: pipe.incr("n")),
        return_exceptions=True,
    )
    assert isinstance(wrong, ResponseError)
    assert right == 1


async def test_an_outage_reaches_every_caller_and_passes(server, redis):
    together = Together(redis)
    await together.answer(lambda pipe: pipe.incr("n"))
    await server.stop()
    ends = await asyncio.gather(
        *(together.answer(lambda pipe: pipe.incr("n")) for _ in range(3)),
        return_exceptions=True,
    )
    assert all(isinstance(end, RedisError) for end in ends)
    await server.start()
    assert await together.answer(lambda pipe: pipe.incr("n")) == 2


async def test_a_caller_who_is_cancelled_holds_nobody_up(redis):
    together = Together(redis)
    gone = asyncio.create_task(together.answer(lambda pipe: pipe.incr("n")))
    stays = asyncio.create_task(together.answer(lambda pipe: pipe.incr("n")))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 2
    with pytest.raises(asyncio.CancelledError):
        await gone
