"""Ids of new cases when several batches of one process are read at the same time."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import islice

from bot.model.message import CustomerId
from bot.model.work import Lease, Work
from bot.store import keys
from bot.store.inbox import RedisInbox
from bot.store.turns import RedisTurns
from tests.builders import NOON, message

NONE = timedelta()


async def leases(redis, count: int) -> list[Lease]:
    """Let customers of one shard write, and take them."""
    named = (CustomerId(f"simulator:c{number}") for number in range(10_000))
    there = (who for who in named if keys.shard_of(who) == keys.SHARDS[0])
    messages = [
        message(id=f"m:{who}", customer=who, private=True)
        for who in islice(there, count)
    ]
    await RedisInbox(redis).accept(messages, now=NOON, quiet=NONE, at_most=NONE)
    turns = RedisTurns(redis)
    return await turns.lease(now=NOON, length=timedelta(minutes=1), limit=count)


async def test_two_batches_at_once_get_different_ids(redis):
    first, *others = await leases(redis, 11)
    turns = RedisTurns(redis)
    await turns.load([first])  # which reserves some more
    batches = await asyncio.gather(turns.load(others[:5]), turns.load(others[5:]))
    works = [work for batch in batches for work in batch]
    ids = {work.new_case for work in works if isinstance(work, Work)}
    assert len(ids) == len(works) == 10
