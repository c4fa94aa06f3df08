"""What customers wrote lately, for a comparison of models: there while they let it be."""

from __future__ import annotations

from datetime import timedelta

from bot.flow.recent_messages import recent_messages
from bot.store.events import RedisEvents
from bot.store.forgetting import RedisForgetting, cases_in
from tests.builders import ALICE
from tests.first_line import FirstLine


async def say(line: FirstLine, text: str, who: str = "alice") -> str:
    line.clock.advance(60)
    id_ = line.channel.network.direct(who, text)
    await line.settle()
    return id_


async def recent(line: FirstLine, *, hours: float = 1, limit: int = 100):
    since = line.clock.now() - timedelta(hours=hours)
    return await recent_messages(line.events, line.cases, since=since, limit=limit)


async def test_messages_come_with_their_words_and_ours_do_not(line):
    one = await say(line, "faq/stores 0.95 where are you")
    two = await say(line, "order_status 0.3 and my tent", who="bob")
    assert await recent(line) == {
        one: "faq/stores 0.95 where are you",
        two: "order_status 0.3 and my tent",
    }


async def test_only_the_newest_are_taken(line):
    await say(line, "faq/stores 0.95 where are you")
    two = await say(line, "and are you open", who="bob")
    assert list(await recent(line, limit=1)) == [two]


class InSmallPages(RedisEvents):
    async def since(self, cursors, *, limit=2):
        return await super().since(cursors, limit=limit)


async def test_the_newest_are_those_of_quiet_shards_as_well(line, redis):
    for _ in range(4):
        await say(line, "order_status 0.3 and my tent")
    two = await say(line, "and are you open", who="bob")
    alice, bob = (
        line.events.shards_for(f"simulator:{who}")[0] for who in ("alice", "bob")
    )
    assert alice != bob
    found = await recent_messages(
        InSmallPages(redis),
        line.cases,
        since=line.clock.now() - timedelta(hours=1),
        limit=1,
    )
    assert list(found) == [two]


async def test_what_is_older_is_left_out(line):
    await say(line, "faq/stores 0.95 where are you")
    line.clock.advance(3600)
    two = await say(line, "and are you open", who="bob")
    assert list(await recent(line, hours=0.5)) == [two]


async def test_what_was_deleted_is_not_read_again(line):
    one = await say(line, "order_status 0.3 and my tent")
    line.channel.network.delete(one)
    await line.settle()
    assert await recent(line) == {}


async def test_nothing_is_left_of_who_was_forgotten(line, redis):
    await say(line, "order_status 0.3 and my tent")
    (shard, *_) = line.events.shards_for(ALICE)
    theirs = [e async for e in line.events.every(shard) if e.customer == ALICE]
    forgetting = RedisForgetting(redis)
    await forgetting.forget(ALICE, cases_in(theirs), by="ann", now=line.clock.now())
    assert await recent(line) == {}
