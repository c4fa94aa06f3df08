"""How texts end that are not just sent: they expire, or are looked for.

On a real server, judged by the network's own ledger.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.simulator import Fault
from bot.model.case import AgentId
from bot.model.event import EventType
from bot.model.message import DIRECT
from bot.model.outgoing import Purpose
from bot.model.record import Author, Delivery
from bot.store import keys
from tests.builders import POLICY
from tests.first_line import FirstLine
from tests.integration.outbox.texts import (
    push,
    queue,
    sent,
)
from tests.ledger import send_all

ANN = AgentId("ann")
STANDARD = "faq/delivery_cost 0.9"
ODD = "product_question 0.9"


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
