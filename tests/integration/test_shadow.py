"""A model reads beside the live one: counted once, shown to trainers, deciding nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.channels.simulator import Fault
from bot.flow.heartbeat import FORGET_AFTER
from bot.flow.review_adding import ReviewAdding
from bot.flow.shadow import LOOK_EVERY, ShadowReader, ShadowWatch
from bot.model.policy import Policy
from bot.model.process import Process
from bot.model.reading import Reading
from bot.model.review import Cause
from bot.model.shadow import Pair, ShadowRun, Tally
from bot.model.trained import ModelName
from bot.store.processes import RedisProcesses
from bot.store.shadow import SHADOW, RedisShadowTally
from tests.builders import POLICY, reading
from tests.first_line import FirstLine, ScriptedReadings
from tests.integration.learning import say
from tests.machines import Machine

RUN = ShadowRun(ModelName("model-b"), 1)
POSTAGE = "faq/delivery_cost 0.95 what does postage cost me"
PARCEL = "order_status 0.9 and where is my parcel"
SAME = Pair("faq/delivery_cost", "faq/delivery_cost")
OTHER = Pair("order_status", "delivery_late")


class Candidate(ScriptedReadings):
    """Takes every question about an order for a complaint about its delay."""

    def _one(self, text: str) -> Reading:
        found = super()._one(text)
        return reading("delivery_late", 0.8) if found.top.label == OTHER.live else found


@pytest.fixture
def tally(redis) -> RedisShadowTally:
    return RedisShadowTally(redis)


def beside(
    line: FirstLine, tally, run: ShadowRun = RUN, policy: Policy = POLICY
) -> ShadowReader:
    line.candidate = Candidate()
    return ShadowReader(
        run,
        line.candidate,
        events=line.events,
        tally=tally,
        reviews=line.reviews,
        adding=ReviewAdding(
            line.reviews, line.cases, {line.channel.name: line.channel}
        ),
        policy=policy,
        clock=line.clock,
        log=line.log,
    )


async def all_of(reader: ShadowReader) -> None:
    while await reader.step():
        pass


async def test_it_is_counted_what_both_read_and_where_they_differ(line, tally):
    for who in ("alice", "bob", "carla"):
        await say(line, POSTAGE, who=who)
    await say(line, PARCEL, who="dan")
    await all_of(beside(line, tally))
    found = await tally.tally(RUN)
    assert found.pairs == {SAME: 3, OTHER: 1}
    assert (found.read, found.agreement, found.differing) == (4, 0.75, {OTHER: 1})


async def test_what_they_read_differently_is_for_a_trainer_to_judge(line, tally):
    id_ = await say(line, PARCEL)
    await say(line, POSTAGE, who="bob")
    await all_of(beside(line, tally))
    (item,) = await line.reviews.open()
    assert (item.message, item.causes) == (id_, (Cause.MODELS_DIFFER,))
    assert (item.label, item.proposed) == (OTHER.live, OTHER.shadow)


async def test_it_reads_what_the_live_model_read_bursts_together(line, tally):
    line.channel.network.direct("alice", "hello you lot")
    line.channel.network.direct("alice", PARCEL)
    await line.settle()
    await all_of(beside(line, tally))
    assert [text for batch in line.candidate.batches for text in batch] == [
        f"hello you lot\n{PARCEL}"
    ]
    assert (await tally.tally(RUN)).pairs == {OTHER: 1}


async def test_of_several_requests_both_models_are_asked_for_the_weightiest(
    line, tally
):
    await say(line, "faq/delivery_cost 0.97 + refund_status 0.9")
    await all_of(beside(line, tally))
    assert (await tally.tally(RUN)).pairs == {Pair("refund_status", "refund_status"): 1}


async def test_the_queue_does_not_run_over_and_all_is_counted(line, tally):
    policy = replace(POLICY, learning=replace(POLICY.learning, queue=10))
    reader = beside(line, tally, policy=policy)
    await reader.step()
    for number in range(20):
        await say(
            line, f"{PARCEL} {'abcdefghijklmnopqrst'[number] * 9}", who=f"c{number}"
        )
    await all_of(reader)
    assert (await tally.tally(RUN)).pairs == {OTHER: 20}
    items = await line.reviews.open()
    assert len(items) == 12, "a tenth more, until it is tidied"

    await line.reviews.drop([item.id for item in items[2:]])
    line.clock.advance(LOOK_EVERY.total_seconds())
    await say(line, PARCEL, who="dan")
    await all_of(reader)
    assert len(await line.reviews.open()) == 3


async def test_customers_notice_nothing(line, tally):
    await say(line, PARCEL)
    ledger = line.channel.network.ledger("alice")
    cases = [view.case for view in (await line.relay.open_cases()).views]
    await all_of(beside(line, tally))
    await line.settle()
    assert line.channel.network.ledger("alice") == ledger
    assert [view.case for view in (await line.relay.open_cases()).views] == cases


async def test_a_message_whose_answer_did_not_arrive_counts_once(line, tally):
    """Its outcome comes a second time then, and nobody has read it again."""
    refused = {"code": "gone", "permanent": True}
    line.channel.network.faults.set(Fault.REFUSE, times=1, **refused)
    await say(line, POSTAGE)
    await line.settle()
    await all_of(beside(line, tally))
    assert (await tally.tally(RUN)).pairs == {SAME: 1}


async def test_whoever_goes_on_counts_nothing_twice(line, tally):
    await say(line, PARCEL)
    await all_of(beside(line, tally))
    await say(line, PARCEL, who="bob")
    await all_of(beside(line, tally))
    assert (await tally.tally(RUN)).pairs == {OTHER: 2}


async def test_who_is_killed_before_the_count_leaves_nothing_out(line, tally, redis):
    class Dies(RedisShadowTally):
        async def add(self, *_, **__):
            raise KeyboardInterrupt

    await say(line, PARCEL)
    with pytest.raises(KeyboardInterrupt):
        await beside(line, Dies(redis)).step()
    await all_of(beside(line, tally))
    assert (await tally.tally(RUN)).pairs == {OTHER: 1}
    assert len(await line.reviews.open()) == 1


async def test_of_two_that_read_for_the_same_shadow_each_message_counts_once(
    line, tally
):
    one, other = beside(line, tally), beside(line, tally)
    await say(line, PARCEL)
    one._known, other._known = await one._begin(), await other._begin()
    await one.step()
    await other.step()
    await say(line, PARCEL, who="bob")
    await all_of(other)
    await all_of(one)
    assert (await tally.tally(RUN)).pairs == {OTHER: 2}


async def test_another_live_model_begins_a_new_comparison(line, tally, redis):
    await say(line, PARCEL)
    await all_of(beside(line, tally))
    later = ShadowRun(RUN.model, 2)
    assert await tally.tally(later) == Tally()
    await tally.add(later, {SAME: 1}, cursors={"s00": "9-0"}, serial=0)
    found = await tally.tally(later)
    assert (found.pairs, found.cursors, found.serial) == ({SAME: 1}, {"s00": "9-0"}, 1)
    assert await tally.tally(RUN) == Tally(), "one run is kept"
    assert not await tally.add(later, {SAME: 1}, cursors={}, serial=0), "it is 1 now"


async def test_a_message_that_was_edited_is_not_compared(line, tally):
    """The words that the live model read are not there any more."""
    id_ = await say(line, PARCEL)
    line.channel.network.edit(id_, POSTAGE)
    await line.settle()
    await all_of(beside(line, tally))
    assert (await tally.tally(RUN)).pairs == {}


async def test_a_message_whose_burst_was_edited_is_not_compared(line, tally):
    first = line.channel.network.direct("alice", "hello you lot")
    line.channel.network.direct("alice", PARCEL)
    await line.settle()
    line.channel.network.edit(first, "bye you lot")
    await line.settle()
    await all_of(beside(line, tally))
    assert (await tally.tally(RUN)).pairs == {}


async def test_the_counts_hold_labels_and_no_words(line, tally, redis):
    await say(line, PARCEL)
    await all_of(beside(line, tally))
    kept = await redis.hgetall(SHADOW)
    assert "parcel" not in repr(kept)


# -- beside whichever model is live ----------------------------------------------


class Runs:
    """Notes which runs were begun."""

    def __init__(self) -> None:
        self.begun: list[ShadowRun] = []
        self.over = asyncio.Event()

    def begin(self, run: ShadowRun):
        self.begun.append(run)
        return self.read

    async def read(self) -> int:
        return 7


def watch(here: Machine, model: ModelName, runs: Runs) -> ShadowWatch:
    return ShadowWatch(model, here.promotion, runs.begin, over=runs.over)


async def a_worker_reads_with(model: ModelName, here: Machine, redis) -> None:
    now = here.clock.now()
    worker = Process(
        id="1", roles=("worker",), pid=7, host="north", since=now, model=model
    )
    await RedisProcesses(redis).beat(worker, now=now, ttl=FORGET_AFTER)


async def test_a_new_comparison_begins_when_all_workers_read_with_the_new_live_model(
    here, redis
):
    """What they read meanwhile with the former one would be held against the new one."""
    first, second, third = (here.train(*["hello"] * n) for n in (1, 2, 3))
    await here.promotion.promote(first.name, by="tara", why="")
    await here.promotion.shadow(third.name, by="tara")
    await a_worker_reads_with(first.name, here, redis)
    runs = Runs()
    beside = watch(here, third.name, runs)
    assert await beside.step() == 7
    await here.promotion.promote(second.name, by="tara", why="")
    assert await beside.step() == 0
    await a_worker_reads_with(second.name, here, redis)
    assert [await beside.step(), await beside.step()] == [7, 7]
    assert runs.begun == [ShadowRun(third.name, 1), ShadowRun(third.name, 2)]


async def test_who_is_not_the_shadow_any_more_ends(here):
    live, one, other = (here.train(*["hello"] * n) for n in (1, 2, 3))
    await here.promotion.promote(live.name, by="tara", why="")
    await here.promotion.shadow(one.name, by="tara")
    runs = Runs()
    beside = watch(here, one.name, runs)
    await beside.step()
    assert not runs.over.is_set()
    await here.promotion.shadow(other.name, by="tom")
    assert await beside.step() == 0
    assert runs.over.is_set()
