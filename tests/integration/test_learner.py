"""What the model may have misread comes into the review queue, once, and masked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock
from bot.errors import PermanentFailure, StoreUnavailable
from bot.flow.duty import LENGTH
from bot.flow.review_groups import MOST_ALIKE
from bot.model.case import AgentId
from bot.model.event import EventType
from bot.model.message import CustomerId
from bot.model.network_rules import ExampleUse, NetworkRules
from bot.model.review import Cause, ReviewItem, ReviewState
from bot.store.forgetting import RedisForgetting, cases_in
from tests.builders import ALICE, NOON, POLICY
from tests.first_line import FirstLine
from tests.integration.test_amendments import everything_kept

ANN = AgentId("ann")
UNSURE = "order_status 0.3 where might my things be"
STANDARD = "faq/delivery_cost 0.95 what does postage cost me"
SECRETS = (
    "4242 4242 4242 4242",
    "nell.carter@mail.example",
    "07700 900123",
    "FH-482913",
    "BS1 4DJ",
    "Nell Carter",
)


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return first_line(redis, tmp_path)


def first_line(redis, tmp_path, *, rules: NetworkRules | None = None) -> FirstLine:
    clock = ManualClock(NOON)
    channel = SimulatorChannel(
        tmp_path / "net.db",
        brand_handle=POLICY.handle,
        clock=clock,
        rules=rules or NetworkRules(),
    )
    return FirstLine(redis, channel, clock)


async def say(line: FirstLine, text: str, *, who: str = "alice") -> str:
    """Let a customer write in private; return the message's id."""
    line.clock.advance(60)
    id_ = line.channel.network.direct(who, text)
    await line.settle()
    return id_


async def learn(line: FirstLine, learner=None) -> list[ReviewItem]:
    """Let a learner look at everything that happened; return the open items."""
    while await (learner or line.learner).step():
        pass
    return await line.reviews.open()


async def the_item(line: FirstLine) -> ReviewItem:
    (item,) = await learn(line)
    return item


async def case_of(line: FirstLine, who: str = "alice"):
    return (await line.relay.search(who))[0]


async def forget(line: FirstLine, redis, who: CustomerId = ALICE) -> None:
    (shard, *_) = line.events.shards_for(who)
    theirs = [e async for e in line.events.every(shard) if e.customer == who]
    forgetting = RedisForgetting(redis)
    await forgetting.forget(who, cases_in(theirs), by="ann", now=line.clock.now())


# -- what comes in -----------------------------------------------------------------


async def test_what_the_model_was_unsure_of_comes_in_with_its_reading(line):
    id_ = await say(line, UNSURE)
    item = await the_item(line)
    assert (item.message, item.customer, item.text) == (id_, ALICE, UNSURE)
    assert (item.label, item.confidence) == ("order_status", 0.3)
    assert item.causes == (Cause.UNSURE,)
    assert item.state is ReviewState.OPEN
    assert item.sent_at < item.added_at or item.sent_at == item.added_at
    assert line.logged == []


async def test_what_was_understood_does_not(line):
    await say(line, STANDARD)
    await say(line, "thanks 0.97", who="bob")
    assert await learn(line) == []


async def test_what_fits_nothing_comes_in_as_that(line):
    await say(line, "do you rent out hedgehogs")
    assert (await the_item(line)).causes == (Cause.FITS_NOTHING,)


async def test_a_corrected_intent_comes_in_with_what_it_was(line):
    await say(line, "product_question 0.93 does the kettle whistle")
    assert await learn(line) == []
    case = await case_of(line)
    await line.relay.claim(case.id, ANN)
    await line.relay.correct(case.id, ANN, "stock_question")
    item = await the_item(line)
    assert item.causes == (Cause.CORRECTED,)
    assert (item.label, item.proposed) == ("product_question", "stock_question")
    assert [finding.by for finding in item.findings] == ["ann"]


async def test_an_agent_who_confirms_the_intent_corrects_nothing(line):
    await say(line, "product_question 0.93 does the kettle whistle")
    case = await case_of(line)
    await line.relay.correct(case.id, ANN, "product_question")
    assert await learn(line) == []


async def test_own_words_where_an_answer_was_offered_come_in_once(line):
    await say(line, "faq/delivery_cost 0.3 what about the costs then")
    await learn(line)
    case = await case_of(line)
    await line.relay.claim(case.id, ANN)
    for number in range(2):
        words = f"We never sell live animals, sorry about that, number {number}"
        await line.relay.reply(case.id, ANN, words, thread=case.thread, key=str(number))
    item = await the_item(line)
    assert item.causes == (Cause.REJECTED, Cause.UNSURE)
    assert [one.by for one in item.findings if one.cause is Cause.REJECTED] == ["ann"]


async def test_who_used_the_offered_answer_rejected_nothing(line):
    await say(line, "faq/delivery_cost 0.3 what about the costs then")
    case = await case_of(line)
    (offered, *_) = await line.relay.suggestions(case.id)
    await line.relay.claim(case.id, ANN)
    await line.relay.reply(
        case.id, ANN, f"Hello! {offered.text} Bye", thread=case.thread, key="1"
    )
    assert (await the_item(line)).causes == (Cause.UNSURE,)


async def test_who_asks_again_after_an_answer_shows_that_it_did_not_help(line):
    first = await say(line, STANDARD)
    await say(line, "faq/delivery_cost 0.95 I mean what do I pay for postage")
    item = await the_item(line)
    assert (item.message, item.causes) == (first, (Cause.ASKED_AGAIN,))


async def test_who_asks_for_a_person_after_an_answer_was_not_helped(line):
    await say(line, STANDARD)
    await say(line, "human_request 0.95 let me speak to someone")
    assert Cause.ASKED_AGAIN in (await the_item(line)).causes


async def test_asking_something_else_or_much_later_is_not_asking_again(line):
    await say(line, STANDARD)
    await say(line, "faq/stores 0.95 where are your shops")
    line.clock.advance(POLICY.learning.asked_again.total_seconds())
    await say(line, "faq/stores 0.95 where are your shops", who="alice")
    assert await learn(line) == []


async def test_a_learner_that_starts_between_answer_and_question_finds_both(line):
    """What it did not see itself it looks up."""
    first = await say(line, STANDARD)
    assert await learn(line) == []
    line.clock.advance(LENGTH.total_seconds())
    await say(line, "faq/delivery_cost 0.95 I mean what do I pay for postage")
    (item,) = await learn(line, line.new_learner())
    assert item.message == first


async def test_a_burst_is_one_item_with_all_that_was_read(line):
    line.channel.network.direct("alice", "hello there you")
    line.channel.network.direct("alice", UNSURE)
    await line.settle()
    item = await the_item(line)
    assert item.text == f"hello there you {UNSURE}"
    assert len(item.burst) == 1


async def test_another_network_may_forbid_its_words_as_examples(redis, tmp_path):
    rules = NetworkRules(examples=ExampleUse.NEVER)
    line = first_line(redis, tmp_path, rules=rules)
    await say(line, UNSURE)
    assert (await the_item(line)).examples is ExampleUse.NEVER


# -- nothing personal ----------------------------------------------------------------


async def test_no_personal_data_come_into_the_queue(line, redis):
    text = f"{UNSURE} I am Nell Carter, " + ", ".join(SECRETS[:-1])
    line.channel.network.direct("nell", text)
    await line.settle()
    item = await the_item(line)
    kept = "".join(
        [str(await redis.hgetall(f"{{{item.id.split('-')[1]}}}review:{item.id}"))]
    )
    for secret in (*SECRETS, "482913", "900123", "Nell"):
        assert secret not in item.text
        assert secret not in kept
    for mask in ("<number>", "<email>", "<order_number>", "<postcode>", "<name>"):
        assert mask in item.text


async def test_what_the_author_calls_themselves_is_masked_in_any_case(line):
    await say(line, f"{UNSURE}, tell them that carter asked", who="nell_carter")
    assert (await the_item(line)).text.endswith("tell them that <name> asked")


# -- once ----------------------------------------------------------------------------


async def test_a_second_learner_adds_nothing_and_takes_over_after_a_death(line):
    await say(line, UNSURE)
    await learn(line)
    other = line.new_learner()
    await say(line, UNSURE, who="bob")
    line.clock.advance(LENGTH.total_seconds() + 1)
    assert await line.duties.hold("learner", "it", now=line.clock.now(), length=LENGTH)
    assert await other.step() == 0  # the duty is another's
    line.clock.advance(LENGTH.total_seconds() + 1)
    assert len(await learn(line, other)) == 2


async def test_the_same_events_again_change_nothing(line):
    await say(line, UNSURE)
    before = await learn(line)
    await line.events.keep_bookmark("learner", line.events.before(NOON))
    line.clock.advance(LENGTH.total_seconds() + 1)
    after = await learn(line, line.new_learner())
    assert [replace(item, added_at=NOON) for item in after] == [
        replace(item, added_at=NOON) for item in before
    ]


async def test_what_was_closed_stays_closed_when_its_events_come_again(line):
    await say(line, UNSURE)
    item = await the_item(line)
    await line.queue.dismiss([item.id], by="tess")
    await line.events.keep_bookmark("learner", line.events.before(NOON))
    line.clock.advance(LENGTH.total_seconds() + 1)
    assert await learn(line, line.new_learner()) == []


async def test_an_outage_in_the_middle_loses_nothing(line, monkeypatch):
    for number in range(3):
        await say(line, f"{UNSURE} number{'abc'[number]}", who=f"c{number}")
    add, calls = line.reviews.add, []

    async def failing(item, *, version):
        calls.append(item)
        if len(calls) == 2:
            raise StoreUnavailable("gone")
        return await add(item, version=version)

    monkeypatch.setattr(line.reviews, "add", failing)
    with pytest.raises(StoreUnavailable):
        await learn(line)
    assert len(await learn(line)) == 3


async def test_a_defect_with_one_message_is_logged_without_a_word_of_it(
    line, monkeypatch
):
    await say(line, f"{UNSURE} Wolkenschaf", who="bob")
    await say(line, UNSURE)
    transcript = line.reviews.transcript

    async def failing(customer):
        if customer.endswith("bob"):
            raise ValueError("Wolkenschaf")
        return await transcript(customer)

    monkeypatch.setattr(line.reviews, "transcript", failing)
    item = await the_item(line)
    assert item.customer == ALICE
    ((event, fields),) = line.logged
    assert event == "learning_failed"
    assert "Wolkenschaf" not in str(fields)


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


# -- groups --------------------------------------------------------------------------


async def test_near_duplicates_are_one_group_that_does_not_grow_for_ever(line):
    for number in range(MOST_ALIKE + 5):
        await say(line, f"{UNSURE} {number}", who=f"c{number}")
    await say(line, "refund_status 0.3 money back please for the lamp", who="other")
    await learn(line)
    page = await line.queue.page()
    assert sorted(group.size for group in page.groups) == [1, MOST_ALIKE]
    assert (page.total, page.waiting) == (2, MOST_ALIKE + 1)
    whole = await line.queue.group(page.groups[0].items[-1].id)
    assert len(whole.items) == MOST_ALIKE


async def test_a_learner_that_takes_over_knows_the_groups(line):
    await say(line, UNSURE)
    await learn(line)
    line.clock.advance(LENGTH.total_seconds() + 1)
    await say(line, f"{UNSURE} 2", who="bob")
    one, two = await learn(line, line.new_learner())
    assert one.group == two.group == one.id


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


class _Generation:
    """Which server answers, as the test says."""

    number = 0


async def test_a_server_that_lost_the_last_moments_gets_them_again(line, redis):
    """What was in memory may be ahead of the store: the bookmark there counts."""
    generation = _Generation()
    learner = line.new_learner(generation)
    await say(line, UNSURE)
    await learn(line, learner)
    before = await line.events.bookmark("learner")
    await say(line, "refund_status 0.3 money back please for the lamp", who="bob")
    (_, lost) = await learn(line, learner)
    await line.reviews.drop([lost.id])
    await line.events.keep_bookmark("learner", before)
    assert len(await learn(line, learner)) == 1
    generation.number += 1
    assert [one.id for one in await learn(line, learner)][1:] == [lost.id]
