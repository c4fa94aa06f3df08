"""What every account of costs promises: by item, by day, by month, for all processes."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone

import pytest

from bot.model.message import ChannelName
from bot.model.spending import Budget, BudgetRule, Spent
from bot.ports import Spending
from bot.store.server import connect
from bot.store.spending import KEPT, RedisSpending
from tests.builders import NOON

X, OTHER = ChannelName("x"), ChannelName("x2")
CENT = 10_000
RULE = BudgetRule(daily=100 * CENT, for_links=0.8)


@pytest.fixture
def spending(redis) -> Spending:
    return RedisSpending(redis)


async def spend(spending, item="reply_sent", *, now=NOON, micros=CENT, channel=X):
    await spending.spend(channel, item, units=1, micros=micros, now=now)


async def test_costs_add_up_by_item_and_by_channel(spending):
    for _ in range(3):
        await spend(spending)
    await spend(spending, "mention_read", micros=100)
    await spend(spending, channel=OTHER)
    spent = await spending.spent(X, now=NOON)
    assert spent.today == {"reply_sent": 3 * CENT, "mention_read": 100}
    assert spent.month == spent.today
    assert spent.today_micros == spent.month_micros == 3 * CENT + 100


async def read(spending, *ids, now=NOON, item="mention_read", channel=X):
    return await spending.pay_read(channel, item, ids, micros=CENT, now=now)


async def test_a_thing_that_is_read_is_paid_once_a_day_by_whoever_reads_it_first(
    redis, spending
):
    assert await read(spending, "1", "2", "2") == 2
    other_process = RedisSpending(redis)
    assert await read(other_process, "2", "3") == 1
    assert await read(spending, "3", item="post_read") == 1
    assert await read(spending, "3", channel=OTHER) == 1
    assert await read(spending) == 0
    spent = await spending.spent(X, now=NOON)
    assert spent.today == {"mention_read": 3 * CENT, "post_read": CENT}
    assert await read(spending, "1", now=NOON + timedelta(days=1)) == 1


async def test_what_was_read_is_forgotten_after_two_days(redis, spending):
    for day in range(5):
        await read(spending, "1", now=NOON + timedelta(days=day))
    kept = [key async for key in redis.scan_iter("*read:*")]
    assert len(kept) == 2


async def test_days_on_which_nothing_was_read_leave_nothing_behind(redis, spending):
    for day in (0, 1, 6, 7, 20):
        await read(spending, "1", now=NOON + timedelta(days=day))
    (kept,) = [key async for key in redis.scan_iter("*read:*")]
    assert kept.endswith(f"{NOON + timedelta(days=20):%Y-%m-%d}")


async def test_a_call_that_brought_nothing_new_ends_being_out_of_credit(spending):
    await read(spending, "1")
    await spending.run_out(X, now=NOON)
    assert await read(spending, "1") == 0
    assert (await spending.spent(X, now=NOON)).no_credit_since is None


async def test_what_is_read_anew_ends_being_out_of_credit(spending):
    await spending.run_out(X, now=NOON)
    await read(spending, "1")
    assert (await spending.spent(X, now=NOON)).no_credit_since is None


async def test_a_day_and_a_month_begin_at_midnight_in_utc(spending):
    late = datetime(2026, 11, 30, 23, 59, 59, tzinfo=timezone.utc)
    await spend(spending, now=NOON)
    await spend(spending, now=late)
    assert (await spending.spent(X, now=late)).today_micros == CENT
    assert (await spending.spent(X, now=late)).month_micros == 2 * CENT
    tokyo = timezone(timedelta(hours=9))  # where it is December for long
    after = await spending.spent(X, now=late.astimezone(tokyo))
    assert after.month_micros == 2 * CENT
    december = await spending.spent(X, now=late + timedelta(seconds=1))
    assert december == Spent()


async def test_two_processes_lose_no_cost_of_each_other(server):
    clients = [connect(server.address) for _ in range(4)]
    await asyncio.gather(*(spend(RedisSpending(client)) for client in clients * 10))
    spent = await RedisSpending(clients[0]).spent(X, now=NOON)
    assert spent.today == {"reply_sent": 40 * CENT}
    for client in clients:
        await client.close()


async def test_being_out_of_credit_lasts_until_something_is_paid_again(spending):
    await spending.run_out(X, now=NOON)
    await spending.run_out(X, now=NOON + timedelta(hours=1))
    spent = await spending.spent(X, now=NOON + timedelta(hours=2))
    assert spent.no_credit_since == NOON
    await spend(spending, now=NOON + timedelta(hours=3))
    spent = await spending.spent(X, now=NOON + timedelta(hours=3))
    assert spent.no_credit_since is None


async def test_a_call_that_bought_nothing_costs_nothing_and_shows_credit(spending):
    await spending.run_out(X, now=NOON)
    await spending.spend(X, "mention_read", units=0, micros=0, now=NOON)
    assert await spending.spent(X, now=NOON) == Spent()


@pytest.mark.parametrize(("units", "micros"), [(-1, 1), (1, -1)])
async def test_nothing_is_given_back(spending, units, micros):
    with pytest.raises(ValueError, match="not negative"):
        await spending.spend(X, "reply_sent", units=units, micros=micros, now=NOON)


async def test_single_days_are_forgotten_and_months_are_kept(spending, redis):
    await spend(spending, now=NOON - KEPT)
    await spend(spending, now=NOON)
    assert (await spending.spent(X, now=NOON - KEPT)).today == {}
    assert (await spending.spent(X, now=NOON - KEPT)).month_micros == CENT


async def read_one(spending, *, now):
    await read(spending, "1", now=now)


@pytest.mark.parametrize("buy", [spend, read_one])
async def test_single_days_are_forgotten_after_a_pause_whatever_is_bought(
    spending, buy
):
    for late in (1, 2, 5):
        await spend(spending, now=NOON - KEPT - timedelta(days=late))
    await buy(spending, now=NOON)
    for late in (1, 2, 5):
        then = NOON - KEPT - timedelta(days=late)
        assert (await spending.spent(X, now=then)).today == {}


@pytest.mark.parametrize(
    ("cents", "state"),
    [
        (0, Budget.WITHIN),
        (79, Budget.WITHIN),
        (80, Budget.NO_LINKS),
        (99, Budget.NO_LINKS),
        (100, Budget.SPENT),
        (500, Budget.SPENT),
    ],
)
async def test_links_are_given_up_first_and_then_all_public_texts(
    spending, cents, state
):
    await spend(spending, micros=cents * CENT)
    spent = await spending.spent(X, now=NOON)
    assert RULE.state(spent) is state
    assert RULE.state(Spent(), planned=cents * CENT) is state


def test_without_a_budget_only_the_credit_ends():
    free = BudgetRule(daily=None, for_links=0.8)
    much = {"link_sent": 10**12}
    assert free.state(Spent(today=much)) is Budget.WITHIN
    assert free.state(Spent(no_credit_since=NOON)) is Budget.NO_CREDIT
