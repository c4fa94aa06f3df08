"""Rules and money, from a customer's words to the network and to people."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock
from bot.errors import UnsafeText
from bot.flow.conditions import ConditionsLook
from bot.flow.figures import DayFiguresKeeper
from bot.flow.money import MoneyLook
from bot.flow.outcomes import count_outcomes
from bot.flow.sender import Sender
from bot.knowledge.answers import DomainAnswers
from bot.model.allowance import Allowance
from bot.model.case import AgentId
from bot.model.conditions import Conditions
from bot.model.customer import same_words
from bot.model.event import Outcome
from bot.model.message import DIRECT, CustomerId, MessageId, Visibility
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import Outgoing, Purpose
from bot.model.reason import Reason
from bot.model.record import Record
from bot.model.spending import Budget, BudgetRule
from bot.store import keys
from bot.store.codec import dump_record
from bot.store.spending import RedisSpending
from bot.store.wordings import RedisWordings
from tests.builders import NOON, POLICY, ROOT
from tests.first_line import FirstLine

ANN = AgentId("ann")
STANDARD = "faq/delivery_cost 0.9"
STRICT = NetworkRules(
    called="X", summons_bind_people=True, same_words_after=timedelta(days=1), paid=True
)
FIFTEEN = Allowance("direct_messages", 15, timedelta(minutes=15))


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    clock = ManualClock(NOON)
    channel = SimulatorChannel(
        tmp_path / "net.db",
        brand_handle=POLICY.handle,
        clock=clock,
        rules=STRICT,
        allowances={Visibility.PRIVATE: (FIFTEEN,)},
    )
    return FirstLine(redis, channel, clock)


def mention(line: FirstLine, text: str, account: str = "alice") -> MessageId:
    return MessageId(line.channel.network.post(account, f"@{POLICY.handle} {text}"))


def received(line: FirstLine, account: str = "alice") -> list[str]:
    return [e.text for e in line.channel.network.ledger(account) if e.received]


def follow(line: FirstLine, policy) -> None:
    for part in (line.worker, line.sender, line.relay):
        part.follow(policy)


def with_budget(line: FirstLine, budget: Budget) -> None:
    holds = {line.channel.name: Conditions(budget=budget)}
    follow(line, replace(POLICY, conditions=holds))


async def the_case(line: FirstLine):
    (case,) = await line.cases.active()
    return case, await line.cases.records(case.customer)


# the account's words


def with_said(line: FirstLine, *texts: str) -> None:
    said = frozenset(map(same_words, texts))
    holds = {line.channel.name: Conditions(said=said)}
    follow(line, replace(POLICY, conditions=holds))


async def test_what_the_account_has_just_posted_comes_in_other_words_to_another(line):
    mention(line, STANDARD, "alice")
    await line.settle()
    (first,) = received(line, "alice")
    mention(line, STANDARD, "bob")
    with_said(line, first)
    await line.settle()
    (second,) = received(line, "bob")
    assert same_words(second) != same_words(first)
    mention(line, STANDARD, "carl")
    with_said(line, first, second, *every_wording(line))
    await line.settle()
    assert len(received(line, "carl")) == 1  # better than nothing: it goes out later


def every_wording(line: FirstLine) -> set[str]:
    answers = DomainAnswers(ROOT / "domain.yml", POLICY)
    return {
        answers.text("faq/delivery_cost", Visibility.PUBLIC, seed=str(n), wait="")
        for n in range(200)
    }


async def test_an_agents_same_words_to_many_go_out_some_seconds_apart(line, redis):
    for number in range(3):
        mention(line, "product_question 0.9", f"c{number}")
    await line.settle()
    second = Sender(
        outbox=line.outbox,
        cases=line.cases,
        channels={line.channel.name: line.channel},
        policy=POLICY,
        clock=line.clock,
        log=line.log,
        wordings=RedisWordings(redis),
    )
    for case in await line.cases.active():
        (record, *_) = await line.cases.records(case.customer)
        await line.relay.claim(case.id, ANN)
        await line.relay.reply(
            case.id, ANN, "We look into it.", thread=record.thread, key="1"
        )
    line.clock.advance(60)
    began = line.clock.now()
    while due := await line.outbox.next_due():
        line.clock.set(due)
        await asyncio.gather(line.sender.step(), second.step())
    sent = [
        entry.at - began
        for n in range(3)
        for entry in line.channel.network.ledger(f"c{n}")
        if entry.text == "We look into it."
    ]
    apart = POLICY.x.same_words_after
    assert sorted(sent) == [timedelta(0), apart, 2 * apart]


async def test_an_agent_is_told_that_the_account_has_just_posted_the_same(line):
    mention(line, "product_question 0.9")
    await line.settle()
    case, (record, *_) = await the_case(line)
    for text, told in (("We look into it.", True), ("We are on it.", False)):
        with_said(line, "we look  into it.")
        preview = await line.relay.preview(case.id, ANN, text, thread=record.thread)
        assert ("just posted the same words" in preview.wait) is told


# money


async def test_when_the_budget_is_spent_people_get_what_the_bot_would_answer(line):
    with_budget(line, Budget.SPENT)
    mention(line, STANDARD)
    await line.settle()
    case, (record, *_) = await the_case(line)
    assert received(line) == []
    assert (record.outcome, record.withheld) == (Outcome.HANDED_OFF, Reason.BUDGET)
    assert not case.acknowledged


async def test_direct_messages_are_answered_whatever_was_spent(line):
    with_budget(line, Budget.SPENT)
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    assert len(received(line)) == 1


async def test_an_agent_answers_in_public_whatever_was_spent(line):
    with_budget(line, Budget.SPENT)
    mention(line, "product_question 0.9")
    await line.settle()
    case, (record, *_) = await the_case(line)
    await line.relay.claim(case.id, ANN)
    await line.relay.reply(
        case.id, ANN, "We look into it.", thread=record.thread, key="1"
    )
    line.clock.advance(60)
    await line.settle()
    assert received(line) == ["We look into it."]


async def test_near_the_end_of_the_budget_a_wording_without_a_link_is_chosen(line):
    with_budget(line, Budget.NO_LINKS)
    for number in range(12):
        mention(line, STANDARD, f"c{number}")
    await line.settle()
    said = [text for n in range(12) for text in received(line, f"c{n}")]
    assert said
    assert not any("fernhollow.example" in text for text in said)


async def test_an_answer_that_always_holds_a_link_is_left_to_people(line):
    answers = line.worker._answers

    class OnlyLinks:
        """The texts of the domain, of which each standard answer has a link."""

        def has(self, *what):
            return answers.has(*what)

        def text(self, name, visibility, **slots):
            text = answers.text(name, visibility, **slots)
            more = " https://fernhollow.example/help" if name.startswith("faq/") else ""
            return text + more

    line.worker._answers = OnlyLinks()
    with_budget(line, Budget.NO_LINKS)
    mention(line, STANDARD)
    await line.settle()
    case, (record, *_) = await the_case(line)
    assert received(line) == []
    assert (record.outcome, record.withheld) == (Outcome.HANDED_OFF, Reason.BUDGET)
    assert (case.reason, case.acknowledged) == (Reason.BUDGET, False)
    assert (await count_outcomes(line.events)).adds_up


async def test_a_batch_of_many_sends_does_not_overdraw_the_budget(line, redis):
    """Each reply is planned before any of them was paid."""
    spending = RedisSpending(redis)
    price = POLICY.x.price("reply_sent")
    x = replace(POLICY.x, budget=BudgetRule(daily=5 * price, for_links=1.0))
    policy = replace(POLICY, x=x)
    sender = Sender(
        outbox=line.outbox,
        cases=line.cases,
        channels={line.channel.name: line.channel},
        policy=policy,
        clock=line.clock,
        log=line.log,
        spending=spending,
    )
    line.sender = sender
    await spending.spend(
        line.channel.name, "reply_sent", units=2, micros=2 * price, now=NOON
    )
    for number in range(8):
        mention(line, STANDARD, f"c{number}")
    await line.settle()
    sent = [n for n in range(8) if received(line, f"c{n}")]
    assert len(sent) == 3
    cases = await line.cases.active()
    assert {case.reason for case in cases} == {Reason.BUDGET}
    assert len(cases) == 5


async def test_near_the_end_of_the_budget_an_invitation_has_no_button_any_more(
    line, redis, monkeypatch
):
    """The button is a link, and costs as much: the first one ends the money for links."""
    spending, tried = RedisSpending(redis), list[Outgoing]()
    budget = BudgetRule(daily=10**6, for_links=0.1)
    x = replace(POLICY.x, budget=budget, deep_link=True, links_cost=True)
    line.sender = Sender(
        outbox=line.outbox,
        cases=line.cases,
        channels={line.channel.name: line.channel},
        policy=replace(POLICY, x=x),
        clock=line.clock,
        log=line.log,
        spending=spending,
    )
    send = line.channel.send

    async def noted(outgoing):
        tried.append(outgoing)
        return await send(outgoing)

    monkeypatch.setattr(line.channel, "send", noted)
    for number in range(3):
        mention(line, "order_status 0.9", f"c{number}")
    await line.settle()
    assert [one.invites for one in tried] == [True, False, False]
    assert all(received(line, f"c{n}") for n in range(3))


async def test_out_of_credit_is_a_state_of_its_own_until_something_is_paid(line, redis):
    spending = RedisSpending(redis)
    channels = {line.channel.name: line.channel}
    look = ConditionsLook(line.outbox, spending, channels, RedisWordings(redis))
    await spending.run_out(line.channel.name, now=NOON)
    follow(line, replace(POLICY, conditions=await look(POLICY, NOON)))
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    _, (record, *_) = await the_case(line)
    assert record.withheld is Reason.NO_CREDIT
    await spending.spend(line.channel.name, "dm_read", units=0, micros=0, now=NOON)
    (holds,) = (await look(POLICY, NOON)).values()
    assert holds.budget is Budget.WITHIN


async def test_what_charges_nothing_is_not_looked_at(line, redis, tmp_path):
    free = SimulatorChannel(
        tmp_path / "free.db", brand_handle=POLICY.handle, clock=line.clock
    )
    look = ConditionsLook(
        line.outbox, RedisSpending(redis), {free.name: free}, RedisWordings(redis)
    )
    assert await look(POLICY, NOON) == {}


# rules that bind people too


async def test_an_agent_is_told_before_that_the_network_takes_no_reply(line):
    mention(line, "product_question 0.9")
    await line.settle()
    case, (record, *_) = await the_case(line)
    unsummoned = replace(record, summoned=False, link="https://x.com/alice/status/1")
    await _rewrite(line, case.customer, unsummoned)
    await line.relay.claim(case.id, ANN)
    with pytest.raises(UnsafeText) as refused:
        await line.relay.reply(case.id, ANN, "Hello!", thread=record.thread, key="1")
    (says,) = refused.value.problems
    assert "Answer by hand in the app of X: https://x.com/alice/status/1" in says
    preview = await line.relay.preview(case.id, ANN, "Hello!", thread=record.thread)
    assert preview.problems == (says,)


async def test_an_agent_says_the_same_words_in_public_only_once(line):
    mention(line, "product_question 0.9")
    await line.settle()
    case, (record, *_) = await the_case(line)
    await line.relay.claim(case.id, ANN)
    say = {"thread": record.thread}
    await line.relay.reply(case.id, ANN, "We look into it.", key="1", **say)
    line.clock.advance(60)
    await line.settle()
    with pytest.raises(UnsafeText, match="say it differently"):
        await line.relay.reply(case.id, ANN, "We look into it.", key="2", **say)
    await line.relay.reply(case.id, ANN, "We still look into it.", key="3", **say)
    line.clock.advance(60)
    await line.settle()
    assert received(line)[-2:] == ["We look into it.", "We still look into it."]


# the pace


async def test_the_wait_grows_with_what_goes_first_and_people_go_first(line):
    for number in range(6):
        line.channel.network.direct(f"c{number}", STANDARD)
    await line.intake.step()
    line.clock.advance(POLICY.burst.total_seconds() + 1)
    await line.worker.step()
    now, name = line.clock.now(), line.channel.name
    minute = timedelta(minutes=1)  # between two of fifteen in a quarter of an hour
    waits = {
        purpose: await line.outbox.wait(name, Visibility.PRIVATE, purpose, now=now)
        for purpose in Purpose
    }
    assert waits[Purpose.PERSON] == timedelta(0)
    assert waits[Purpose.ANSWER] == waits[Purpose.ACKNOWLEDGEMENT] == 6 * minute
    assert await line.outbox.wait(
        name, Visibility.PUBLIC, Purpose.ACKNOWLEDGEMENT, now=now
    ) == timedelta(0)
    await line.sender.step()
    assert (
        await line.outbox.wait(name, Visibility.PRIVATE, Purpose.PERSON, now=now)
        == minute
    )


async def test_what_would_wait_too_long_is_left_to_people_at_once(line):
    waits = {Visibility.PRIVATE: POLICY.acknowledge_within + timedelta(minutes=1)}
    holds = {line.channel.name: Conditions(waits=waits)}
    follow(line, replace(POLICY, conditions=holds))
    line.channel.network.direct("alice", STANDARD)
    await line.settle()
    _, (record, *_) = await the_case(line)
    assert record.withheld is Reason.PACE


async def test_an_agent_reads_how_long_their_direct_message_will_wait(line):
    for number in range(13):
        line.channel.network.direct(f"c{number}", "product_question 0.9")
    await line.intake.step()
    line.clock.advance(POLICY.burst.total_seconds() + 1)
    await line.worker.step()
    cases = await line.cases.active()
    for case in cases[:12]:
        await line.relay.claim(case.id, ANN)
        await line.relay.reply(case.id, ANN, "We look.", thread=DIRECT, key="1")
    last = await line.relay.preview(cases[12].id, ANN, "We look.", thread=DIRECT)
    assert last.wait == (
        "It goes out in about 12 min: X lets us send 15 direct messages in 15 minutes."
    )


# words that nobody wrote


async def test_generated_words_are_not_said_where_they_need_approval(line):
    line.channel._rules = replace(STRICT, generated_needs_approval=True)
    dialogue = line.worker._dialogue

    class Generating:
        async def turn(self, *args, **kwargs):
            return replace(await dialogue.turn(*args, **kwargs), generated=True)

    line.worker._dialogue = Generating()
    line.channel.network.direct("alice", "order_status 0.9")
    await line.settle()
    case, (record, *_) = await the_case(line)
    assert received(line) == []
    assert record.withheld is Reason.UNAPPROVED_TEXT
    assert case.reason == Reason.UNAPPROVED_TEXT


async def _rewrite(line: FirstLine, who: CustomerId, record: Record) -> None:
    """Let the transcript begin with this line."""
    first = keys.of_customer(who, "history")
    await line.cases._redis.lset(first, 0, dump_record(record))


# what it came to


async def test_the_figures_divide_what_was_spent_by_what_was_done(line, redis):
    spending, name = RedisSpending(redis), line.channel.name
    figures = DayFiguresKeeper(line.events, line.cases, POLICY)
    look = MoneyLook(spending, figures, {name: line.channel}, lambda: POLICY)
    for number in range(3):
        mention(line, STANDARD, f"c{number}")
    mention(line, "product_question 0.9", "ada")
    await line.settle()
    (case,) = await line.cases.active()
    await line.relay.claim(case.id, ANN)
    await line.relay.resolve(case.id, ANN, POLICY.resolutions[0])
    await spending.spend(name, "reply_sent", units=4, micros=40_000, now=NOON)
    money = await look(line.clock.now())
    assert (money.handled, money.resolved, money.today) == (4, 1, 40_000)
    assert money.budgets == {name: Budget.WITHIN}
    free = MoneyLook(spending, figures, {}, lambda: POLICY)
    assert await free(line.clock.now()) is None
