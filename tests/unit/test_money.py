"""What answering costs, in words that managers can check."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.desk.slack.blocks.figures import budget_lines, money_line
from bot.model.message import ChannelName
from bot.model.money import Money, dollars
from bot.model.spending import Budget, Spent

X = ChannelName("x")
MONEY = Money(
    spent={X: Spent(today={"reply_sent": 1_230_000}, month={"reply_sent": 20_500_000})},
    budgets={X: Budget.WITHIN},
    daily=20_000_000,
    handled=300,
    resolved=10,
)


def test_each_figure_has_its_formula_beside_it():
    assert MONEY.figures() == (
        "$1.23 of $20.00 today",
        "$20.50 this month",
        "$0.0041 per message handled (spent today / 300 messages handled today)",
        "$0.12 per case resolved (spent today / 10 cases resolved today)",
    )


def test_what_cannot_be_divided_is_left_out():
    early = replace(MONEY, handled=0, resolved=0, daily=None)
    assert early.figures() == ("$1.23 today", "$20.50 this month")


def test_accounts_are_added_up_and_have_a_budget_each():
    other = Spent(today={"dm_sent": 770_000}, month={"dm_sent": 770_000})
    both = replace(MONEY, spent={**MONEY.spent, ChannelName("x2"): other})
    assert both.figures()[:2] == ("$2.00 today", "$21.27 this month")


@pytest.mark.parametrize(
    ("micros", "words"),
    [
        (0, "$0.00"),
        (1_000, "$0.0010"),
        (99_000, "$0.0990"),
        (1_234_567_890, "$1,234.57"),
    ],
)
def test_small_sums_are_told_as_exactly_as_prices(micros, words):
    assert dollars(micros) == words


@pytest.mark.parametrize("state", list(Budget))
def test_whatever_the_budget_stops_is_said_above_everything_else(state):
    money = replace(MONEY, budgets={X: state})
    assert bool(money.warnings()) is (state is not Budget.WITHIN)
    assert len(list(budget_lines(money))) == len(money.warnings())


def test_without_a_network_that_charges_nothing_is_said_of_money():
    assert list(money_line(None)) == list(budget_lines(None)) == []
    (line,) = money_line(MONEY)
    assert "$1.23 of $20.00 today" in line["elements"][0]["text"]
