"""Copies of customers for measurements weigh what the real ones weigh."""

from __future__ import annotations

from bot.model.message import CustomerId
from bot.store import keys
from bot.store.population import Population

REAL, OTHER = CustomerId("bench:a"), CustomerId("bench:a2")


async def test_a_copy_has_everything_that_its_pattern_has(server, redis):
    await redis.hset(keys.of_customer(REAL, "customer"), mapping={"state": "{}"})
    await redis.rpush(keys.of_customer(REAL, "history"), "one", "two")
    await redis.set(keys.of_customer(OTHER, "customer"), "not its key")
    population = Population(server.address)
    patterns = await population.patterns([REAL])
    copies = [CustomerId(f"bench:copy{number}") for number in range(1_200)]
    await population.copy(patterns, copies)
    await population.close()
    for copy in (copies[0], copies[-1]):
        assert await redis.hgetall(keys.of_customer(copy, "customer")) == {
            "state": "{}"
        }
        assert await redis.lrange(keys.of_customer(copy, "history"), 0, -1) == [
            "one",
            "two",
        ]
