"""Money: what is said and what is left to people as it runs out."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.simulator import SimulatorChannel
from bot.flow.conditions import ConditionsLook
from bot.flow.figures import DayFiguresKeeper
from bot.flow.money import MoneyLook
from bot.flow.outcomes import count_outcomes
from bot.model.conditions import Conditions
from bot.model.event import Outcome
from bot.model.outgoing import Outgoing
from bot.model.reason import Reason
from bot.model.spending import Budget, BudgetRule
from bot.store.spending import RedisSpending
from bot.store.wordings import RedisWordings
from tests.builders import NOON, POLICY
from tests.first_line import FirstLine
from tests.integration.network_rules.told import (
    ANN,
    STANDARD,
    follow,
    the_case,
)
from tests.ledger import post, received


def with_budget(line: FirstLine, budget: Budget) -> None:
    holds = {line.channel.name: Conditions(budget=budget)}
    follow(line, replace(POLICY, conditions=holds))


async def test_when_the_budget_is_spent_people_get_what_the_bot_would_answer(line):
    with_budget(line, Budget.SPENT)
    post(line, STANDARD)
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
    post(line, "product_question 0.9")
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
        post(line, STANDARD, account=f"c{number}")
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
    post(line, STANDARD)
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
    line.sender = line.new_sender(
        policy=replace(POLICY, x=x), spending=spending, wordings=None
    )
    await spending.spend(
        line.channel.name, "reply_sent", units=2, micros=2 * price, now=NOON
    )
    for number in range(8):
        post(line, STANDARD, account=f"c{number}")
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
    line.sender = line.new_sender(
        policy=replace(POLICY, x=x), spending=spending, wordings=None
    )
    send = line.channel.send

    async def noted(outgoing):
        tried.append(outgoing)
        return await send(outgoing)

    monkeypatch.setattr(line.channel, "send", noted)
    for number in range(3):
        post(line, "order_status 0.9", account=f"c{number}")
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


async def test_the_figures_divide_what_was_spent_by_what_was_done(line, redis):
    spending, name = RedisSpending(redis), line.channel.name
    figures = DayFiguresKeeper(line.events, line.cases, POLICY)
    look = MoneyLook(spending, figures, {name: line.channel}, lambda: POLICY)
    for number in range(3):
        post(line, STANDARD, account=f"c{number}")
    post(line, "product_question 0.9", account="ada")
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
