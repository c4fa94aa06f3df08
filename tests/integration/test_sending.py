"""What becomes of texts that do not go out at once, judged by the network's ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.simulator import Fault
from bot.flow.outcomes import count_outcomes
from bot.flow.sender import WAIT_LIMIT
from bot.model.case import AgentId
from bot.model.event import EventType, Outcome
from bot.model.message import DIRECT
from bot.model.record import Author, Delivery
from tests.builders import NOON, POLICY
from tests.first_line import FirstLine
from tests.ledger import decide, post, received

ANN = AgentId("ann")
STANDARD = "faq/delivery_cost 0.9"
ODD = "product_question 0.9"


async def send_for(line: FirstLine, length: timedelta) -> None:
    until = line.clock.now() + length
    while line.clock.now() < until:
        await line.sender.step()
        line.clock.advance(5)


async def only_case(line: FirstLine):
    (case,) = await line.cases.active()
    return case


async def test_a_text_that_never_gets_an_answer_and_is_never_there_becomes_a_case(line):
    line.channel.network.faults.set(Fault.DROP_REQUEST, times=None)
    post(line, STANDARD)
    await line.settle()
    case = await only_case(line)
    assert case.reason == "reply_refused"
    (said,) = [
        record
        for record in await line.cases.records(case.customer)
        if record.author is Author.BOT
    ]
    assert (said.delivery, said.problem) == (Delivery.REFUSED, "no_answer")
    assert line.clock.now() - NOON > timedelta(minutes=1)  # it was not hurried


async def test_a_defect_with_one_text_does_not_stop_the_others(line, monkeypatch):
    channel = line.channel
    for name in ("send", "find_sent"):
        whole = getattr(channel, name)

        async def broken(outgoing, *, whole=whole, **how):
            if "eve" in outgoing.customer:
                raise KeyError(outgoing.text)
            return await whole(outgoing, **how)

        monkeypatch.setattr(channel, name, broken)
    for account in ("eve", "bob"):
        post(line, STANDARD, account=account)
    await line.settle()
    assert (len(received(line, "bob")), received(line, "eve")) == (1, [])
    case = await only_case(line)
    assert (case.customer, case.reason) == ("simulator:eve", "reply_uncertain")
    raised = [fields for name, fields in line.logged if name == "send_raised"]
    assert {fields["error"] for fields in raised} == {"KeyError"}
    assert "delivery" not in str(line.logged)  # not a word that was said


async def test_a_text_of_the_bot_that_waited_too_long_goes_to_people_instead(line):
    post(line, STANDARD)
    await decide(line)
    line.clock.set(line.clock.now() + POLICY.backlog_limit + timedelta(minutes=1))
    await line.settle()
    assert received(line) == []
    case = await only_case(line)
    assert case.reason == "backlog"
    outcomes = await count_outcomes(line.events)
    assert outcomes.totals[Outcome.HANDED_OFF] == 1
    kinds = [event.type for event in (await line.events.since({}))[0]]
    assert EventType.REPLY_WITHHELD in kinds


async def test_in_quiet_mode_what_the_bot_had_queued_is_not_sent(line):
    post(line, STANDARD)
    await decide(line)
    line.sender = line.new_sender(policy=replace(POLICY, quiet=True))
    await line.settle()
    assert received(line) == []
    assert (await only_case(line)).reason == "quiet_mode"


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.NETWORK_DOWN])
async def test_a_network_that_takes_nothing_for_a_while_costs_no_text(line, fault):
    post(line, STANDARD)
    await decide(line)
    line.channel.network.faults.set(fault, times=None)
    await send_for(line, timedelta(minutes=20))
    line.channel.network.faults.clear()
    await send_for(line, timedelta(seconds=70))  # no back-off is longer
    assert len(received(line)) == 1
    assert await line.cases.active() == []


async def test_an_agents_words_wait_a_day_for_the_network_and_no_longer(line):
    line.channel.network.direct("alice", ODD)
    await line.settle()
    case = await only_case(line)
    await line.relay.claim(case.id, ANN)
    line.channel.network.faults.set(Fault.RATE_LIMITED, times=None)
    await line.relay.reply(case.id, ANN, "I have found it.", thread=DIRECT, key="1")
    begun = line.clock.now()
    await send_for(line, timedelta(minutes=10))
    last = (await line.cases.records(case.customer))[-1]
    assert (last.delivery, last.problem) == (Delivery.QUEUED, "rate_limited")
    line.clock.set(begun + WAIT_LIMIT + timedelta(minutes=1))
    await line.settle()
    last = (await line.cases.records(case.customer))[-1]
    assert (last.delivery, last.problem) == (Delivery.REFUSED, "rate_limited")


async def test_a_message_whose_answer_a_claim_stopped_has_joined_the_agents_case(line):
    post(line, ODD)
    await line.settle()
    case = await only_case(line)
    line.channel.network.direct("alice", STANDARD)
    await decide(line)
    before = (await count_outcomes(line.events)).totals
    await line.relay.claim(case.id, ANN)
    await line.settle()
    outcomes = await count_outcomes(line.events)
    assert before[Outcome.ANSWERED] == 1
    assert outcomes.totals[Outcome.ANSWERED] == 0
    assert outcomes.totals[Outcome.JOINED] == 1
    assert outcomes.adds_up
    asked = (await line.cases.records(case.customer))[-2]
    assert (asked.outcome, asked.reason) == (Outcome.JOINED, "case_claimed")


async def test_a_message_whose_acknowledgement_a_claim_stopped_stays_handed_off(line):
    post(line, ODD)
    await decide(line)
    await line.relay.claim((await only_case(line)).id, ANN)
    await line.settle()
    assert received(line) == []
    totals = (await count_outcomes(line.events)).totals
    assert totals[Outcome.HANDED_OFF] == 1
