"""The pace, the precedence and the order of texts, on a real server.

Judged by the network's own ledger. Several senders share the store, as several
processes do.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.channels.simulator import Fault
from bot.flow.sender import LEASE, Sender
from bot.model.allowance import Allowance
from bot.model.message import Visibility
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import Purpose, Speaker
from bot.store import keys
from bot.store.outbox import RedisOutbox
from tests.builders import POLICY
from tests.first_line import FirstLine, on_simulator
from tests.integration.outbox.texts import (
    TEN_A_MINUTE,
    push,
    queue,
    sent,
)
from tests.ledger import send_all


def another_sender(line: FirstLine, redis) -> Sender:
    """Return a sender of another process: it shares nothing but the store."""
    return line.new_sender(outbox=RedisOutbox(redis, line.channels), wordings=None)


def busiest(line: FirstLine, length: timedelta) -> int:
    """Return the most texts that the network got in any stretch of `length`."""
    times = sorted(entry.at for entry in sent(line))
    return max(sum(t <= other < t + length for other in times) for t in times)


async def test_several_senders_together_keep_to_the_allowance(paced, redis):
    for number in range(60):
        await queue(paced, redis, f"c{number}", f"text {number}")
    senders = [another_sender(paced, redis) for _ in range(3)]
    for _ in range(90):
        await asyncio.gather(*(sender.step() for sender in senders))
        paced.clock.advance(2)
    assert busiest(paced, TEN_A_MINUTE.per) == TEN_A_MINUTE.count
    assert 28 <= len(sent(paced)) <= 31  # and three minutes' worth went out


async def test_all_allowances_of_a_kind_hold_at_once(redis, tmp_path):
    """The first one is the shorter at the beginning, the second one afterwards."""
    longer = Allowance("longer", 40, timedelta(minutes=8))
    allowances = {Visibility.PUBLIC: (TEN_A_MINUTE, longer)}
    line = on_simulator(redis, tmp_path, allowances=allowances)
    for number in range(90):
        await queue(line, redis, f"c{number}", f"text {number}")
    senders = [another_sender(line, redis) for _ in range(2)]
    while due := await line.outbox.next_due():
        line.clock.set(max(due, line.clock.now()))
        await asyncio.gather(*(sender.step() for sender in senders))
    assert len(sent(line)) == 90
    assert busiest(line, timedelta(seconds=6)) == 1  # ten a minute come one by one
    assert 36 <= busiest(line, longer.per) <= longer.count


async def test_a_sender_that_died_with_tokens_loses_them_and_nothing_is_exceeded(
    paced, redis
):
    for number in range(40):
        await queue(paced, redis, f"c{number}", f"text {number}")
    dead = RedisOutbox(redis, {paced.channel.name: paced.channel})
    for _ in range(60):
        await dead.begin(now=paced.clock.now(), lease=LEASE, limit=5)  # and is killed
        await paced.sender.step()
        paced.clock.advance(5)
    await send_all(paced)
    assert busiest(paced, TEN_A_MINUTE.per) <= TEN_A_MINUTE.count
    assert len({entry.account for entry in sent(paced)}) == len(sent(paced)) == 40


async def test_tokens_with_which_nothing_was_sent_are_given_back(paced, redis):
    wrong_epoch = {"visibility": Visibility.PUBLIC}
    for number in range(5):
        out = await queue(paced, redis, f"old{number}", "stale", **wrong_epoch)
        await redis.hset(keys.of_customer(out.customer, "customer"), "epoch", 1)
    await paced.sender.step()  # the fence withholds all of them
    assert sent(paced) == []
    await queue(paced, redis, "new", "hello")
    await paced.sender.step()
    assert [entry.account for entry in sent(paced)] == ["new"]


async def test_what_waits_for_its_words_takes_no_token_from_others(redis, tmp_path):
    """Ten a minute, and a dozen texts of which each waits for the one before it."""
    rules = NetworkRules(same_words_after=timedelta(days=1))
    allowances = {Visibility.PUBLIC: (TEN_A_MINUTE,)}
    paced = on_simulator(redis, tmp_path, allowances=allowances, rules=rules)
    policy = replace(POLICY, x=replace(POLICY.x, same_words_after=timedelta(hours=1)))
    paced.sender = paced.new_sender(policy=policy)
    for number in range(12):
        person = {"purpose": Purpose.PERSON, "speaker": Speaker.AGENT}
        await queue(paced, redis, f"c{number}", "We look into it.", **person)
    for number in range(6):
        await queue(paced, redis, f"o{number}", f"text {number}")
    for _ in range(60):
        await paced.sender.step()
        paced.clock.advance(1)
    texts = [entry.text for entry in sent(paced)]
    assert texts.count("We look into it.") == 1
    assert len(texts) == 7


async def test_direct_messages_do_not_wait_for_the_pace_of_public_posts(paced, redis):
    for number in range(20):
        await queue(paced, redis, f"c{number}", f"text {number}")
    network = paced.channel.network
    network.direct("dora", "hello")
    private = {"visibility": Visibility.PRIVATE, "reply_to": None}
    await paced.sender.step()
    await queue(paced, redis, "dora", "for you", **private)
    await paced.sender.step()
    assert [entry.text for entry in sent(paced, "dora")] == ["for you"]


async def test_kinds_that_share_an_allowance_share_its_tokens(redis, tmp_path):
    allowances = dict.fromkeys(Visibility, (TEN_A_MINUTE,))
    line = on_simulator(redis, tmp_path, allowances=allowances)
    line.channel.network.direct("dora", "hello")
    await queue(line, redis, "carl", "in public")
    private = {"visibility": Visibility.PRIVATE, "reply_to": None}
    await queue(line, redis, "dora", "in private", **private)
    await line.sender.step()
    assert len(sent(line)) == 1  # the burst of ten a minute is one


async def test_people_come_before_answers_and_answers_before_acknowledgements(
    paced, redis
):
    """With a long backlog in every shard, and one text sent every few seconds."""
    order = (Purpose.ACKNOWLEDGEMENT, Purpose.ANSWER, Purpose.PERSON)
    for purpose, count in zip(order, (300, 30, 30), strict=True):
        speaker = Speaker.AGENT if purpose is Purpose.PERSON else Speaker.BOT
        for number in range(count):
            account, how = f"{purpose.name}{number}", {"speaker": speaker}
            await queue(paced, redis, account, account, purpose=purpose, **how)
    senders = [another_sender(paced, redis) for _ in range(2)]
    while len(sent(paced)) < 70:
        for sender in senders:
            await sender.step()
        paced.clock.advance(7)
    got = [entry.text.rstrip("0123456789") for entry in sent(paced)]
    assert got[:70] == ["PERSON"] * 30 + ["ANSWER"] * 30 + ["ACKNOWLEDGEMENT"] * 10


async def test_a_persons_text_behind_ten_thousand_others_is_the_next(
    paced, redis, proof
):
    for number in range(10_000 if proof else 1_500):
        late = {"purpose": Purpose.ACKNOWLEDGEMENT}
        await queue(paced, redis, f"c{number}", f"text {number}", **late)
    await paced.sender.step()  # the burst is spent
    agent = {"speaker": Speaker.AGENT, "purpose": Purpose.PERSON}
    await queue(paced, redis, "zoe", "a person here", **agent)
    paced.clock.advance(TEN_A_MINUTE.interval_us / 1_000_000)
    await paced.sender.step()
    assert sent(paced)[-1].text == "a person here"


async def test_choosing_whom_to_send_to_reads_little_of_a_long_backlog(paced, redis):
    for number in range(1_000):
        await queue(paced, redis, f"c{number}", f"text {number}")
    await paced.sender.step()
    paced.clock.advance(1)
    before = (await redis.info("commandstats"))["cmdstat_zrange"]["calls"]
    await paced.sender.step()
    calls = (await redis.info("commandstats"))["cmdstat_zrange"]["calls"] - before
    assert calls <= 16 * 5  # the public lanes wait for a token: they are not read


async def test_no_shard_waits_for_the_others(paced, redis):
    """The longest waiting are first, in whatever shard they are."""
    for number in range(40):
        await queue(paced, redis, f"c{number}", f"text {number}")
        paced.clock.advance(0.001)
    while len(sent(paced)) < 40:
        await paced.sender.step()
        paced.clock.advance(7)
    assert [entry.account for entry in sent(paced)] == [f"c{n}" for n in range(40)]


async def test_a_customers_texts_go_out_in_order_whatever_they_are_for(paced, redis):
    first = await queue(paced, redis, "anna", "we have it")
    purposes = {"we have it": Purpose.ACKNOWLEDGEMENT, "hello": Purpose.PERSON}
    await push(paced, redis, replace(first, key="2", text="and the answer"))
    last = replace(first, key="3", text="hello", purpose=purposes["hello"])
    await push(paced, redis, replace(last, speaker=Speaker.AGENT))
    for number in range(10):
        await queue(paced, redis, f"c{number}", f"text {number}")
    for _ in range(5):
        await paced.sender.step()
        paced.clock.advance(7)
    got = [(entry.account, entry.text) for entry in sent(paced)][:3]
    texts = ("we have it", "and the answer", "hello")
    assert got == [("anna", text) for text in texts]  # all before everybody else's


async def test_a_text_that_backs_off_does_not_let_a_later_one_overtake(line, redis):
    line.channel.network.faults.set(Fault.RATE_LIMITED, times=1)
    first = await queue(line, redis, "anna", "first")
    await line.sender.step()
    await push(line, redis, replace(first, key="second", text="second"))
    await line.sender.step()
    assert sent(line) == []
    await send_all(line)
    assert [entry.text for entry in sent(line)] == ["first", "second"]
