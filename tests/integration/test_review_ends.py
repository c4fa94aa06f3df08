"""What leaves the review queue: what is gone, old or too much, and what trainers close."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import PermanentFailure
from bot.flow.learner import TIDY_EVERY
from bot.flow.review_groups import MOST_ALIKE
from bot.model.case import AgentId
from bot.model.event import EventType
from bot.model.message import CustomerId
from bot.model.review import Cause, ReviewState
from bot.store.forgetting import RedisForgetting, cases_in
from tests.builders import ALICE, POLICY
from tests.first_line import FirstLine
from tests.integration.learning import (
    UNSURE,
    case_of,
    learn,
    say,
    the_item,
)
from tests.integration.test_amendments import everything_kept

ANN = AgentId("ann")


async def forget(line: FirstLine, redis, who: CustomerId = ALICE) -> None:
    (shard, *_) = line.events.shards_for(who)
    theirs = [e async for e in line.events.every(shard) if e.customer == who]
    forgetting = RedisForgetting(redis)
    await forgetting.forget(who, cases_in(theirs), by="ann", now=line.clock.now())


# -- what goes -----------------------------------------------------------------------


async def test_what_is_forgotten_is_in_no_queue(line, redis):
    await say(line, f"{UNSURE} Wolkenschaf")
    assert "Wolkenschaf" in (await the_item(line)).text
    await forget(line, redis)
    assert await line.reviews.open() == []
    assert "Wolkenschaf" not in await everything_kept(redis)
    assert await line.reviews.listed() == []


async def test_who_is_forgotten_while_they_are_read_is_not_added(line, redis):
    await say(line, f"{UNSURE} Wolkenschaf")
    add = line.reviews.add

    async def forgotten_meanwhile(item, *, version):
        line.reviews.add = add
        await forget(line, redis)
        return await add(item, version=version)

    line.reviews.add = forgotten_meanwhile
    assert await learn(line) == []
    assert "Wolkenschaf" not in await everything_kept(redis)


async def test_a_deleted_message_goes_with_its_item(line, redis):
    id_ = await say(line, f"{UNSURE} Wolkenschaf")
    await learn(line)
    line.channel.network.delete(id_)
    await line.intake.step()
    assert await line.reviews.listed() == []
    assert "Wolkenschaf" not in await everything_kept(redis)
    assert await learn(line) == []


async def test_a_deleted_part_of_a_burst_goes_with_its_item(line, redis):
    first = line.channel.network.direct("alice", "hello Wolkenschaf")
    line.channel.network.direct("alice", UNSURE)
    await line.settle()
    await learn(line)
    line.channel.network.delete(first)
    await line.intake.step()
    assert "Wolkenschaf" not in await everything_kept(redis)
    assert await line.reviews.listed() == []


async def test_an_edited_message_has_no_text_until_it_is_read_again(line, redis):
    id_ = await say(line, f"{UNSURE} Wolkenschaf")
    before = await the_item(line)
    line.channel.network.edit(id_, f"{UNSURE} Nebelkerze me@mail.example")
    await line.intake.step()
    assert await line.reviews.open() == []
    assert "Wolkenschaf" not in await everything_kept(redis)
    after = await the_item(line)
    assert after.text == f"{UNSURE} Nebelkerze <email>"
    assert (after.id, after.causes) == (before.id, before.causes)


async def test_an_edited_message_comes_back_though_there_is_enough_of_the_same(line):
    for number in range(MOST_ALIKE):
        await say(line, f"{UNSURE} {number}", who=f"c{number}")
    id_ = await say(line, "refund_status 0.3 money back please for the lamp")
    assert len(await learn(line)) == MOST_ALIKE + 1
    line.channel.network.edit(id_, UNSURE)
    await line.intake.step()
    assert id_ in {item.message for item in await learn(line)}
    assert await line.reviews.edited(ALICE) == {}


async def test_who_closes_while_it_is_edited_has_not_closed_the_new_words(line):
    id_ = await say(line, UNSURE)
    item = await the_item(line)
    close = line.reviews._close

    async def edited_meanwhile(**sent):
        line.channel.network.edit(id_, f"{UNSURE} then")
        await line.intake.step()
        return await close(**sent | {"client": None})

    line.reviews._close = edited_meanwhile
    assert await line.queue.dismiss([item.id], by="tess") == []
    assert (await the_item(line)).text == f"{UNSURE} then"


async def test_old_items_go_and_so_do_those_that_teach_least(line):
    rule = replace(POLICY.learning, queue=2, keep=timedelta(days=9))
    line.learner.follow(replace(POLICY, learning=rule))
    subjects = ("hedgehog houses", "bicycle lamps", "copper kettles", "garden gnomes")
    for number, subject in enumerate(subjects):
        confidence = (0.3, 0.1, 0.2, 0.4)[number]
        await say(
            line, f"order_status {confidence} {subject} perhaps", who=f"c{number}"
        )
    items = await learn(line)
    assert {item.confidence for item in items} == {0.1, 0.2}
    line.clock.advance(timedelta(days=9, seconds=1).total_seconds())
    assert await learn(line) == []
    assert await line.reviews.listed() == []


async def test_of_what_is_dropped_nothing_is_left_in_the_store(line, redis):
    line.channel.network.direct("alice", "hello there you")
    await say(line, UNSURE)
    item = await the_item(line)
    assert item.burst
    assert await redis.keys("{s??}review*")
    await line.reviews.drop([item.id])
    assert await redis.keys("{s??}review*") == []


async def test_nothing_goes_while_there_is_room(line):
    line.learner.follow(
        replace(POLICY, learning=replace(POLICY.learning, queue=4)),
    )
    for number in range(6):
        await say(line, f"{UNSURE} {number}", who=f"c{number}")
        items = await learn(line)
        if number < 3:
            await line.queue.dismiss([items[0].id], by="tess")
    line.clock.advance(TIDY_EVERY.total_seconds())
    assert len(await learn(line)) == 3
    assert len(await line.reviews.listed()) == 6


async def test_what_was_closed_stays_closed_though_the_queue_is_full(line):
    rule = replace(POLICY.learning, queue=1)
    line.learner.follow(replace(POLICY, learning=rule))
    await say(line, UNSURE)
    item = await the_item(line)
    await line.queue.dismiss([item.id], by="tess")
    await say(line, "refund_status 0.3 money back please for the lamp", who="bob")
    await say(line, "do you rent out hedgehogs", who="carol")
    line.clock.advance(TIDY_EVERY.total_seconds())
    assert len(await learn(line)) == 1
    (case,) = (await line.relay.search("alice"))[:1]
    await line.relay.correct(case.id, ANN, "stock_question")
    line.clock.advance(TIDY_EVERY.total_seconds())
    assert [one.customer for one in await learn(line)] != [ALICE]
    assert (await line.queue.item(item.id)).state is ReviewState.DISMISSED


async def test_of_what_was_closed_the_oldest_goes_where_there_is_too_much(line):
    rule = replace(POLICY.learning, queue=2)
    line.learner.follow(replace(POLICY, learning=rule))
    closed = []
    for number in range(3):
        await say(line, f"{UNSURE} {number}", who=f"c{number}")
        (item,) = await learn(line)
        await line.queue.dismiss([item.id], by="tess")
        closed.append(item.id)
    line.clock.advance(TIDY_EVERY.total_seconds())
    assert await learn(line) == []
    assert await line.reviews.listed() == closed[1:]


# -- trainers ------------------------------------------------------------------------


async def test_the_first_who_closes_an_item_has_closed_it(line):
    await say(line, UNSURE)
    item = await the_item(line)
    (mine,) = await line.queue.settle([item.id], by="tess", label="order_status")
    (theirs,) = await line.queue.dismiss([item.id], by="ben")
    assert mine.settlement == theirs.settlement
    assert (theirs.settlement.by, theirs.settlement.label) == ("tess", "order_status")
    assert theirs.state is ReviewState.SETTLED
    assert (await line.queue.page()).total == 0
    closed = [e async for e in _events(line) if e.type is EventType.REVIEW_CLOSED]
    assert [event.facts["by"] for event in closed] == ["tess"]


async def test_what_comes_up_later_adds_nothing_to_a_closed_item(line):
    await say(line, UNSURE)
    item = await the_item(line)
    await line.queue.dismiss([item.id], by="tess")
    await line.relay.correct((await case_of(line)).id, ANN, "stock_question")
    assert await learn(line) == []
    assert (await line.queue.item(item.id)).causes == (Cause.UNSURE,)


async def test_closing_can_be_taken_back(line):
    await say(line, UNSURE)
    item = await the_item(line)
    await line.queue.dismiss([item.id], by="tess")
    (again,) = await line.queue.reopen([item.id], by="tess")
    assert again.state is ReviewState.OPEN
    assert await line.reviews.open() == [item]
    assert (await line.queue.counts())[Cause.UNSURE] == 1


async def test_what_is_gone_is_said_to_be_gone(line, redis):
    await say(line, UNSURE)
    item = await the_item(line)
    await forget(line, redis)
    assert await line.queue.dismiss([item.id], by="tess") == []
    for unknown in (item.id, "R-s99-000000000000", "nonsense"):
        with pytest.raises(PermanentFailure):
            await line.queue.item(unknown)


async def _events(line: FirstLine):
    for shard in line.events.shards:
        async for event in line.events.every(shard):
            yield event
