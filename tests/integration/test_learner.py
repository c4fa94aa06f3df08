"""What the model may have misread comes into the review queue, once, and masked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import StoreUnavailable
from bot.flow.duty import LENGTH
from bot.flow.review_groups import MOST_ALIKE
from bot.model.case import AgentId
from bot.model.network_rules import ExampleUse, NetworkRules
from bot.model.review import Cause, ReviewState
from tests.builders import ALICE, NOON, POLICY
from tests.first_line import on_simulator
from tests.integration.learning import (
    UNSURE,
    case_of,
    learn,
    say,
    the_item,
)

ANN = AgentId("ann")
STANDARD = "faq/delivery_cost 0.95 what does postage cost me"
SECRETS = (
    "4242 4242 4242 4242",
    "nell.carter@mail.example",
    "07700 900123",
    "FH-482913",
    "BS1 4DJ",
    "Nell Carter",
)


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
    line = on_simulator(redis, tmp_path, rules=rules)
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
