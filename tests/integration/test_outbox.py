"""The pace, the precedence, the expiry and the order of texts, on a real server.

Judged by the network's own ledger. Several senders share the store, as several
processes do.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.simulator import Fault, SimulatorChannel
from bot.clock import ManualClock
from bot.flow.sender import LEASE, Sender
from bot.model.allowance import Allowance
from bot.model.case import AgentId
from bot.model.event import EventType
from bot.model.message import DIRECT, CustomerId, MessageId, Visibility
from bot.model.outgoing import Outgoing, Purpose, Speaker
from bot.model.record import Author, Delivery
from bot.store import keys
from bot.store.outbox import RedisOutbox
from bot.store.payload import queue_entry, queued_event
from bot.store.scripts import source
from bot.store.server import connect
from tests.builders import NOON, POLICY
from tests.first_line import FirstLine

WRITES_BY_HAND = True  # texts that no turn decided: they do not audit clean
ANN = AgentId("ann")
STANDARD = "faq/delivery_cost 0.9"
ODD = "product_question 0.9"
TEN_A_MINUTE = Allowance("posts", 10, timedelta(minutes=1))
ENQUEUE = """-- uses queue
enqueue(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
"""


@pytest.fixture
async def redis(server):
    """Not audited: most texts here are put into the outbox without any message."""
    client = connect(server.address)
    yield client
    await client.close()


def first_line(redis, tmp_path, allowances) -> FirstLine:
    clock = ManualClock(NOON)
    channel = SimulatorChannel(
        tmp_path / "net.db",
        brand_handle=POLICY.handle,
        clock=clock,
        allowances=allowances,
    )
    return FirstLine(redis, channel, clock)


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return first_line(redis, tmp_path, {})


@pytest.fixture
def paced(redis, tmp_path) -> FirstLine:
    """Ten public posts a minute; direct messages have no limit."""
    return first_line(redis, tmp_path, {Visibility.PUBLIC: (TEN_A_MINUTE,)})


def another_sender(line: FirstLine, redis) -> Sender:
    """Return a sender of another process: it shares nothing but the store."""
    channels = {line.channel.name: line.channel}
    return Sender(
        outbox=RedisOutbox(redis, channels),
        cases=line.cases,
        channels=channels,
        policy=POLICY,
        clock=line.clock,
        log=line.log,
    )


def sent(line: FirstLine, account: str | None = None):
    return [entry for entry in line.channel.network.ledger(account) if entry.received]


async def queue(line: FirstLine, redis, account: str, text: str, **changes) -> Outgoing:
    """Put one text into the outbox, as commit and change_case do."""
    post = line.channel.network.post(account, f"@{POLICY.handle} hello")
    outgoing = replace(
        Outgoing(
            key=f"{account}:{text}",
            channel=line.channel.name,
            customer=CustomerId(f"{line.channel.name}:{account}"),
            handle=account,
            thread=DIRECT,
            visibility=Visibility.PUBLIC,
            text=text,
            speaker=Speaker.BOT,
            queued_at=line.clock.now(),
            reply_to=MessageId(post),
        ),
        **changes,
    )
    await push(line, redis, outgoing)
    return outgoing


async def push(line: FirstLine, redis, outgoing: Outgoing) -> None:
    who = outgoing.customer
    script = redis.register_script(ENQUEUE.replace("-- uses queue", source("queue")))
    await script(
        keys=[
            keys.in_shard(keys.shard_of(who), "outbox"),
            keys.of_customer(who, "queue"),
            keys.of_customer(who, "customer"),
        ],
        args=[
            who,
            queue_entry(outgoing, epoch=0),
            outgoing.thread,
            int(line.clock.now().timestamp() * 1000),
        ],
    )
    event = queued_event(outgoing)
    facts = dict(zip(event[::2], event[1::2], strict=True))
    await redis.xadd(keys.in_shard(keys.shard_of(who), "events"), facts)


def busiest(line: FirstLine, length: timedelta) -> int:
    """Return the most texts that the network got in any stretch of `length`."""
    times = sorted(entry.at for entry in sent(line))
    return max(sum(t <= other < t + length for other in times) for t in times)


async def send_all(line: FirstLine) -> None:
    """Let time pass until nothing is left in the outbox."""
    while due := await line.outbox.next_due():
        line.clock.set(due)
        await line.sender.step()


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
    line = first_line(redis, tmp_path, {Visibility.PUBLIC: (TEN_A_MINUTE, longer)})
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
    line = first_line(redis, tmp_path, dict.fromkeys(Visibility, (TEN_A_MINUTE,)))
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


# -- expiry -----------------------------------------------------------------------


async def decide(line: FirstLine) -> None:
    await line.intake.step()
    line.clock.advance(10)
    await line.worker.step()


async def test_an_acknowledgement_that_would_come_too_late_is_not_sent(line):
    network = line.channel.network
    network.post("alice", f"@{POLICY.handle} {ODD}")
    await decide(line)
    (case,) = await line.cases.active()
    assert case.acknowledged
    line.clock.set(line.clock.now() + POLICY.acknowledge_within + timedelta(seconds=1))
    await line.sender.step()
    await line.settle()
    assert sent(line) == []
    (case,) = await line.cases.active()
    assert not case.acknowledged
    said = (await line.cases.records(case.customer))[-1]
    assert (said.author, said.delivery) == (Author.BOT, Delivery.EXPIRED)
    ends = [e for e in (await line.events.since({}))[0] if "expired" in e.type.value]
    assert [(e.type, e.facts["case"]) for e in ends] == [
        (EventType.REPLY_EXPIRED, case.id)
    ]


async def test_a_claim_that_withholds_the_acknowledgement_leaves_a_case_that_says_so(
    line,
):
    line.channel.network.post("alice", f"@{POLICY.handle} {ODD}")
    await decide(line)
    (case,) = await line.cases.active()
    await line.relay.claim(case.id, ANN)
    await line.sender.step()
    await line.relay.release(case.id, ANN)
    await line.settle()
    assert sent(line) == []
    (case,) = await line.cases.active()
    assert not case.acknowledged


async def test_expired_texts_leave_while_the_channel_has_no_tokens(paced, redis):
    soon = paced.clock.now() + timedelta(seconds=10)
    late = {"purpose": Purpose.ACKNOWLEDGEMENT, "expires_at": soon}
    for number in range(30):
        await queue(paced, redis, f"c{number}", f"text {number}", **late)
    await paced.sender.step()
    paced.clock.advance(10)
    for _ in range(3):
        await paced.sender.step()
    assert len(sent(paced)) <= 3
    kinds = [event.type for event in (await paced.events.since({}))[0]]
    assert kinds.count(EventType.REPLY_EXPIRED) + len(sent(paced)) == 30
    assert await paced.outbox.next_due() is None


async def test_an_expired_text_in_the_middle_goes_and_the_others_stay(paced, redis):
    await queue(paced, redis, "bob", "spends the burst")
    await paced.sender.step()
    first = await queue(paced, redis, "anna", "answer")
    soon = paced.clock.now() + timedelta(seconds=2)
    gone = replace(first, key="2", text="too late", expires_at=soon)
    await push(paced, redis, gone)
    await push(paced, redis, replace(first, key="3", text="another answer"))
    paced.clock.advance(3)
    await send_all(paced)
    assert [e.text for e in sent(paced, "anna")] == ["answer", "another answer"]


async def test_a_text_on_its_way_does_not_expire(line, redis):
    soon = line.clock.now() + timedelta(seconds=1)
    line.channel.network.faults.set(Fault.LOSE_ANSWER)
    out = await queue(line, redis, "anna", "we have it", expires_at=soon)
    await line.sender.step()
    line.clock.advance(5)
    await send_all(line)
    state = await redis.hget(keys.of_customer(out.customer, "delivery"), out.key)
    assert (state, len(sent(line))) == ("sent|", 1)


# -- look-ups ---------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.LOSE_ANSWER, Fault.DROP_REQUEST])
async def test_the_same_words_twice_arrive_twice_whatever_gets_lost(line, fault):
    line.channel.network.direct("alice", ODD)
    await line.settle()
    (case,) = await line.cases.active()
    await line.relay.claim(case.id, ANN)
    before = len(sent(line))
    for key in ("1", "2"):
        if key == "2":
            line.channel.network.faults.set(fault)
        await line.relay.reply(case.id, ANN, "ok", thread=DIRECT, key=key)
        await line.settle()
    assert [entry.text for entry in sent(line)[before:]] == ["ok", "ok"]
    records = (await line.cases.records(case.customer))[-2:]
    assert {record.delivery for record in records} == {Delivery.SENT}


async def test_look_ups_that_reach_nobody_use_up_no_tries(line):
    line.channel.network.direct("alice", ODD)
    await line.settle()
    (case,) = await line.cases.active()
    await line.relay.claim(case.id, ANN)
    line.channel.network.faults.set(Fault.LOSE_ANSWER)
    await line.relay.reply(case.id, ANN, "I have found it", thread=DIRECT, key="1")
    await line.sender.step()
    line.channel.network.faults.set(Fault.NETWORK_DOWN, times=None)
    for _ in range(300):
        line.clock.advance(10)
        await line.sender.step()
    line.channel.network.faults.clear()
    await line.settle()
    last = (await line.cases.records(case.customer))[-1]
    assert last.delivery is Delivery.SENT
    assert [e.text for e in sent(line)].count("I have found it") == 1


async def test_what_nobody_can_tell_is_flagged_to_people_and_not_repeated(line):
    line.channel.network.faults.set(Fault.LOSE_ANSWER)
    line.channel.network.faults.set(Fault.LOOKUP_FAILS, times=None)
    line.channel.network.post("alice", f"@{POLICY.handle} {STANDARD}")
    await line.settle()
    assert len(sent(line)) == 1
    (case,) = await line.cases.active()
    assert case.reason == "reply_uncertain"
    said = (await line.cases.records(case.customer))[-1]
    assert said.delivery is Delivery.UNKNOWN


async def test_every_state_of_a_text_has_its_event(line):
    line.channel.network.faults.set(Fault.DROP_REQUEST)
    line.channel.network.post("alice", f"@{POLICY.handle} {STANDARD}")
    await line.settle()
    kinds = [e.type.value for e in (await line.events.since({}))[0]]
    assert [kind for kind in kinds if kind.startswith("reply")] == [
        "reply_queued",
        "reply_sending",
        "reply_in_doubt",
        "reply_requeued",
        "reply_sending",
        "reply_sent",
    ]
