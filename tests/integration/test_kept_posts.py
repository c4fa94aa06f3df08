"""What others posted is removed from around a customer's messages, wherever they are."""

from __future__ import annotations

from dataclasses import replace

from bot.model.event import EventType
from bot.model.message import ContextPost, Message, Relation
from bot.model.record import Author
from bot.store.kept import RedisKept
from tests.builders import ALICE, CHANNEL, message
from tests.first_line import FirstLine
from tests.integration.test_amendments import everything_kept, take_in

ODD = "product_question 0.9"
SECRET = "I live at 5 Oak Road"
GONE = {"77"}


def around(one: Message, *ids: str) -> Message:
    """Return a message that answers posts of somebody else's."""
    posts = [
        ContextPost(relation=Relation.EARLIER, handle="carl", text=SECRET, id=id_)
        for id_ in ids
    ]
    return replace(one, context=tuple(posts))


async def records(line: FirstLine):
    found = await line.cases.records(ALICE)
    return [one for one in found if one.author is Author.CUSTOMER]


async def test_only_what_is_gone_is_struck_and_once(line, redis):
    await take_in(line, around(message(ODD), "77", "78"))
    await line.settle()
    kept = RedisKept(redis)
    assert await kept.strike(ALICE, GONE, now=line.clock.now()) == 1
    assert await kept.strike(ALICE, GONE, now=line.clock.now()) == 0
    (record,) = await records(line)
    assert [post.id for post in record.context] == ["78"]
    assert {p.id async for p in kept.posts(CHANNEL)} == {"m1", "78"}


async def test_what_moved_meanwhile_is_struck_where_it_stands_then(line, redis):
    """It was read in the mailbox, where another message stands by now."""
    await take_in(line, around(message(ODD), "77"))
    kept = RedisKept(redis)
    look = kept._read

    async def slowly(page):
        found = await look(page)
        kept._read = look
        line.clock.advance(10)
        await line.settle()
        await take_in(line, message("and another thing", id="m2"))
        return found

    kept._read = slowly
    await kept.strike(ALICE, GONE, now=line.clock.now())
    line.clock.advance(10)
    await line.settle()
    assert [(one.id, one.context) for one in await records(line)] == [
        ("m1", ()),
        ("m2", ()),
    ]
    assert SECRET not in await everything_kept(redis)


async def test_a_turn_that_has_read_what_was_struck_does_not_bring_it_back(line, redis):
    await take_in(line, around(message(ODD), "77"))
    line.clock.advance(10)
    read = line.readings.read

    async def interrupted(texts):
        found = await read(texts)
        line.readings.read = read
        await RedisKept(redis).strike(ALICE, GONE, now=line.clock.now())
        return found

    line.readings.read = interrupted
    await line.worker.step()
    await line.settle()
    assert [one.id for one in await records(line)] == ["m1"]
    assert SECRET not in await everything_kept(redis)


async def test_the_case_of_whom_it_stood_with_has_changed(line, redis):
    """Whoever looks at it is shown it anew, and an event says why."""
    await take_in(line, around(message(ODD), "77"))
    await line.settle()
    (before,) = await line.cases.active()
    line.clock.advance(60)
    await RedisKept(redis).strike(ALICE, GONE, now=line.clock.now())
    (after,) = await line.cases.active()
    assert after.revision > before.revision
    assert after.changed_at == line.clock.now()
    events = [
        event
        for shard in line.events.shards
        async for event in line.events.every(shard)
        if event.type is EventType.CONTEXT_REMOVED
    ]
    assert [event.facts for event in events] == [{"message": "m1", "case": after.id}]
