"""The engine on a real server and the simulated network, judged by its ledger."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.channels.simulator import Fault
from bot.errors import CaseConflict, UnsafeText
from bot.flow.outcomes import count_outcomes
from bot.model.case import AgentId, CaseStatus
from bot.model.event import EventType, Outcome
from bot.model.message import DIRECT
from bot.model.record import Author, Delivery
from tests.builders import ALICE, POLICY
from tests.ledger import only_view, post, received

ANN, BEN = AgentId("ann"), AgentId("ben")
STANDARD = "faq/delivery_cost 0.9"
ODD = "product_question 0.9"


async def test_a_standard_question_is_answered_where_it_was_asked(line):
    asked = post(line, STANDARD)
    await line.settle()
    (entry,) = [e for e in line.channel.network.ledger("alice") if e.received]
    assert entry.in_reply_to == asked
    assert "delivery" in entry.text.lower()


async def test_what_the_bot_cannot_answer_waits_for_people_and_the_customer_knows(line):
    post(line, ODD)
    await line.settle()
    view = await only_view(line)
    assert view.case.status is CaseStatus.OPEN
    assert view.case.acknowledged
    assert len(received(line)) == 1


async def test_a_burst_is_read_together_and_answered_once(line):
    first = post(line, "hi there")
    for text in ("quick thing", STANDARD):
        line.clock.advance(0.5)
        post(line, text, in_reply_to=first)
    await line.settle()
    assert len(received(line)) == 1
    totals = (await count_outcomes(line.events)).totals
    assert totals[Outcome.COALESCED] == 2
    assert totals[Outcome.ANSWERED] == 1


async def test_a_message_that_arrives_twice_is_handled_once(line):
    line.channel.network.faults.set(Fault.DELIVER_TWICE, times=5)
    post(line, STANDARD)
    await line.settle()
    line.clock.advance(60)
    await line.settle()
    assert len(received(line)) == 1
    assert (await count_outcomes(line.events)).seen == 1


@pytest.mark.parametrize("fault", [Fault.LOSE_ANSWER, Fault.DROP_REQUEST])
async def test_a_send_without_an_answer_is_looked_up_and_arrives_once(line, fault):
    line.channel.network.faults.set(fault, times=1)
    post(line, STANDARD)
    await line.settle()
    assert len(received(line)) == 1


async def test_when_nobody_can_tell_whether_a_text_arrived_a_person_decides(line):
    line.channel.network.faults.set(Fault.LOSE_ANSWER, times=1)
    line.channel.network.faults.set(Fault.LOOKUP_FAILS, times=100)
    post(line, STANDARD)
    await line.settle()
    view = await only_view(line)
    assert view.case.reason == "reply_uncertain"
    assert len(received(line)) == 1


async def test_a_text_that_the_network_refuses_becomes_a_case(line):
    line.channel.network.faults.set(Fault.REFUSE, times=1, code="gone", permanent=True)
    post(line, STANDARD)
    await line.settle()
    view = await only_view(line)
    assert view.case.reason == "reply_refused"
    assert received(line) == []
    asked, said = view.records
    assert said.delivery is Delivery.REFUSED
    assert (asked.outcome, asked.reason) == (Outcome.HANDED_OFF, "reply_refused")
    outcomes = await count_outcomes(line.events)
    assert (outcomes.seen, outcomes.totals[Outcome.ANSWERED]) == (1, 0)


async def test_the_same_question_again_is_answered_in_other_words(line):
    for _ in range(2):
        post(line, STANDARD)
        await line.settle()
        line.clock.advance(60)
    first, second = received(line)
    assert first != second
    assert (await line.relay.open_cases()).total == 0


async def test_a_claim_comes_before_whatever_the_bot_has_not_begun_to_send(line):
    post(line, ODD)
    await line.intake.step()
    line.clock.advance(10)
    await line.worker.step()  # decided and queued, not yet sent
    view = await only_view(line)
    await line.relay.claim(view.case.id, ANN)
    await line.settle()
    assert received(line) == []
    kinds = [e.type for e in (await line.events.since({}))[0]]
    assert EventType.REPLY_WITHHELD in kinds
    assert EventType.REPLY_SENDING not in kinds


async def test_while_an_agent_has_the_case_the_bot_is_silent(line):
    post(line, ODD)
    await line.settle()
    view = await only_view(line)
    await line.relay.claim(view.case.id, ANN)
    before = received(line)
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    assert received(line) == before
    outcomes = await count_outcomes(line.events)
    assert outcomes.totals[Outcome.JOINED] == 1


async def test_an_agent_answers_in_the_thread_and_in_private(line):
    asked = post(line, ODD)
    line.channel.network.direct("alice", ODD)
    await line.settle()
    case = (await only_view(line)).case
    await line.relay.claim(case.id, ANN)
    await line.relay.reply(
        case.id, ANN, "It fits a double bed.", thread=case.thread, key="1"
    )
    await line.relay.reply(case.id, ANN, "And more here.", thread=DIRECT, key="2")
    await line.settle()
    entries = [e for e in line.channel.network.ledger("alice") if e.received]
    assert [e.text for e in entries[-2:]] == ["It fits a double bed.", "And more here."]
    assert entries[-2].in_reply_to == asked
    assert (await line.relay.view(case.id)).case.status is CaseStatus.WAITING


async def test_a_click_that_arrives_twice_sends_once(line):
    post(line, ODD)
    await line.settle()
    case = (await only_view(line)).case
    await line.relay.claim(case.id, ANN)
    for _ in range(2):
        await line.relay.reply(case.id, ANN, "Once.", thread=case.thread, key="k")
    await line.settle()
    assert received(line).count("Once.") == 1


async def test_of_twenty_who_claim_at_once_one_wins_and_the_others_hear_who(line):
    post(line, ODD)
    await line.settle()
    case = (await only_view(line)).case
    agents = [AgentId(f"agent{n}") for n in range(20)]
    ends = await asyncio.gather(
        *(line.relay.claim(case.id, agent) for agent in agents),
        return_exceptions=True,
    )
    winners = [end for end in ends if not isinstance(end, BaseException)]
    losers = [end for end in ends if isinstance(end, CaseConflict)]
    assert (len(winners), len(losers)) == (1, 19)
    assert {end.holder for end in losers} == {winners[0].assignee}
    acts = [
        e
        for e in (await line.events.since({}))[0]
        if e.type is EventType.CASE_CHANGED and e.facts["act"] == "claim"
    ]
    assert len(acts) == 1


async def test_only_the_assignee_can_answer(line):
    post(line, ODD)
    await line.settle()
    case = (await only_view(line)).case
    await line.relay.claim(case.id, ANN)
    with pytest.raises(CaseConflict) as conflict:
        await line.relay.reply(case.id, BEN, "Me too!", thread=case.thread, key="1")
    assert conflict.value.code == "not_yours"
    await line.settle()
    assert "Me too!" not in received(line)


async def test_an_internal_note_never_leaves_the_desk(line):
    post(line, ODD)
    await line.settle()
    case = (await only_view(line)).case
    await line.relay.note(case.id, ANN, "Looks like a reseller.", key="1")
    await line.settle()
    assert "Looks like a reseller." not in received(line)
    view = await line.relay.view(case.id)
    assert view.records[-1].author is Author.NOTE


@pytest.mark.parametrize(
    "text",
    [
        "Your order is on its way!",
        "We wrote to alice@example.com.",
        "It is FH-482913, right?",
        "See https://elsewhere.example/page",
        pytest.param("x" * 3_000, id="too_long"),
    ],
)
async def test_an_agents_careless_public_text_is_stopped_with_the_reason(line, text):
    post(line, ODD)
    await line.settle()
    case = (await only_view(line)).case
    await line.relay.claim(case.id, ANN)
    before = received(line)
    with pytest.raises(UnsafeText):
        await line.relay.reply(case.id, ANN, text, thread=case.thread, key="1")
    await line.settle()
    assert received(line) == before


async def test_after_resolving_the_bot_answers_again_and_a_new_matter_reopens(line):
    first = post(line, ODD)
    await line.settle()
    case = (await only_view(line)).case
    await line.relay.claim(case.id, ANN)
    await line.relay.resolve(case.id, ANN, POLICY.resolutions[0])
    line.clock.advance(60)
    before = len(received(line))
    post(line, STANDARD, in_reply_to=first)
    await line.settle()
    assert len(received(line)) == before + 1
    assert (await line.relay.open_cases()).total == 0
    line.clock.advance(60)
    post(line, ODD, in_reply_to=first)
    await line.settle()
    again = await only_view(line)
    assert (again.case.id, again.case.reopened) == (case.id, 1)
    assert again.case.assignee is None


async def test_stop_is_obeyed_at_once_and_for_good(line):
    line.channel.network.direct("alice", "stop")
    await line.settle()
    confirmed = received(line)
    assert len(confirmed) == 1
    line.clock.advance(60)
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    assert received(line) == confirmed
    assert (await only_view(line)).case.acknowledged is False


async def test_a_dialogue_asks_then_answers_and_its_state_survives(line):
    line.channel.network.direct("alice", "order_status 0.9")
    await line.settle()
    line.clock.advance(30)
    line.channel.network.direct("alice", "it is the second one")
    await line.settle()
    texts = received(line)
    assert "Which order is it?" in texts[0]
    assert texts[1] == "It is on its way."
    totals = (await count_outcomes(line.events)).totals
    assert (totals[Outcome.ASKED], totals[Outcome.ANSWERED]) == (1, 1)


async def test_the_first_direct_message_of_the_bot_says_that_it_is_one(line):
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    line.clock.advance(30)
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    first, second = received(line)
    assert "automated" in first.lower()
    assert "automated" not in second.lower()


async def test_a_turn_that_always_fails_is_parked_and_holds_nobody_up(line):
    line.channel.network.direct("alice", "order_status 0.9 poison")
    line.channel.network.direct("bob", STANDARD)
    await line.settle()
    assert len(received(line, "bob")) == 1
    outcomes = await count_outcomes(line.events)
    assert outcomes.totals[Outcome.DEAD] == 1
    assert outcomes.adds_up
    view = await only_view(line)
    assert view.case.reason == "too_many_tries"
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    view = await only_view(line)
    assert view.records[1].outcome is Outcome.JOINED


async def test_what_cannot_be_decoded_is_counted_and_the_rest_goes_on(line):
    line.channel.network.faults.set(Fault.MALFORMED, times=1)
    post(line, STANDARD)
    post(line, STANDARD, account="bob")
    await line.settle()
    assert len(received(line, "bob")) == 1
    outcomes = await count_outcomes(line.events)
    assert (outcomes.seen, outcomes.totals[Outcome.DEAD]) == (2, 1)


async def test_a_worker_that_died_loses_nothing(line, redis):
    post(line, STANDARD)
    await line.intake.step()
    line.clock.advance(10)
    (lease,) = await line.turns.lease(
        now=line.clock.now(), length=timedelta(seconds=30), limit=5
    )  # and here it was killed
    await line.worker.step()
    assert received(line) == []
    await line.settle()
    assert len(received(line)) == 1
    assert lease.customer == ALICE


async def test_a_worker_that_comes_back_late_changes_nothing(line):
    post(line, STANDARD)
    await line.intake.step()
    line.clock.advance(10)
    late = await line.turns.load(
        await line.turns.lease(
            now=line.clock.now(), length=timedelta(seconds=30), limit=5
        )
    )
    line.clock.advance(40)
    await line.settle()
    before = received(line)
    await line.turns.give_back(late[0].lease, due=line.clock.now(), failed=True)
    await line.settle()
    assert received(line) == before


async def test_the_table_adds_up_over_a_mixed_day(line):
    texts = [STANDARD, ODD, "chatter 0.9", "spam 0.9", "greet 0.9", "what?", "🙃"]
    for number in range(60):
        text, account = texts[number % len(texts)], f"c{number % 11}"
        if number % 3:
            post(line, text, account=account)
        else:
            line.channel.network.direct(account, text)
        line.clock.advance(7)
        await line.settle()
    outcomes = await count_outcomes(line.events)
    assert outcomes.seen == 60
    assert outcomes.adds_up
    assert outcomes.totals[Outcome.PENDING] == 0
