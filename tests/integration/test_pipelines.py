"""What our connections do in a quicker way ends as the client's own way does."""

from __future__ import annotations

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from bot.store.statistics import ServerStatistics

ECHO = "return ARGV[1]"


@pytest.fixture
async def statistics(server):
    found = ServerStatistics(server.address)
    yield found
    await found.close()


async def echo(redis, *, said: str, script: str = ECHO) -> list[str]:
    async with redis.pipeline(transaction=False) as pipe:
        await redis.register_script(script)(args=[said], client=pipe)
        return await pipe.execute()


async def test_a_connection_is_asked_once_for_each_script(redis, statistics):
    for number in range(5):
        assert await echo(redis, said=str(number)) == [str(number)]
    assert await echo(redis, said="x", script="return 'other'") == ["other"]
    calls = await statistics.calls()
    assert calls["script|exists"] == calls["script|load"] == 2
    assert calls["evalsha"] == 6


async def test_another_server_is_brought_the_scripts_on_its_new_connection(
    redis, server
):
    assert await echo(redis, said="a") == ["a"]
    await server.stop()
    await server.start()
    assert await echo(redis, said="b") == ["b"]


async def test_every_answer_and_error_of_a_pipeline_has_its_own_place(redis):
    long = "x" * 200_000  # comes in several reads
    async with redis.pipeline(transaction=False) as pipe:
        for number in range(50):
            pipe.set(f"key{number}", number)
            pipe.get(f"key{number}")
        pipe.set("long", long)
        pipe.hget("long", "field")  # of another type: an error
        pipe.get("long")
        pipe.mget("key1", "none")
        answers = await pipe.execute(raise_on_error=False)
    assert answers[:100] == [x for n in range(50) for x in (True, str(n))]
    assert isinstance(answers[101], ResponseError)
    assert answers[102:] == [long, ["1", None]]


async def test_an_answer_that_nobody_asked_for_makes_a_connection_unfit(redis):
    link = await redis.connection_pool.get_connection("_")
    assert not await link.can_read_destructive()
    await link.send_packed_command(link.pack_commands([("PING",), ("PING",)]))
    await link.read_response()  # asked in one write, both come with one read
    assert await link.can_read_destructive()
    await link.disconnect()
    with pytest.raises(RedisConnectionError):
        await link.can_read_destructive()
