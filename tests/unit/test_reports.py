"""What is said of each order: every state has its words, and none has a name."""

import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from actions.days import spoken
from actions.reports import order_report, refund_report
from bot.knowledge.orders import (
    OrderRecord,
    OrderState,
    RefundState,
    SqliteOrders,
    demo_database,
)

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.fixture(scope="module")
def responses():
    domain = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return domain["responses"]


def order(state, *, expected=None, refund=RefundState.NONE, refund_in=None):
    return OrderRecord(
        number="FH-482913",
        email="nell@mail.example",
        postcode="LS6 2AB",
        state=state,
        changed_on=TODAY - timedelta(days=1),
        expected_on=None if expected is None else TODAY + timedelta(days=expected),
        carrier="DPD",
        refund=refund,
        refund_on=None if refund_in is None else TODAY + timedelta(days=refund_in),
    )


def names(report):
    return [line.response for line in report.lines]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "yesterday"),
        (0, "today"),
        (1, "tomorrow"),
        (2, "on Friday 27 November"),
        (-30, "on Monday 26 October"),
        (40, "on Monday 4 January"),
    ],
)
def test_days_are_said_as_people_say_them(days, words):
    assert spoken(TODAY + timedelta(days=days), TODAY) == words


@pytest.mark.parametrize("state", OrderState)
def test_every_state_is_told_in_words_of_its_own(state):
    report = order_report(order(state, expected=2), TODAY)
    assert names(report) == [f"utter_order_{state.value}"]
    assert report.concern is None


@pytest.mark.parametrize("days", [-1, -9])
def test_what_is_overdue_concerns_people(days):
    report = order_report(order(OrderState.DISPATCHED, expected=days), TODAY)
    assert names(report) == ["utter_order_overdue"]
    assert report.concern == f"delivery overdue by {-days} days"


def test_what_is_due_today_is_not_overdue():
    report = order_report(order(OrderState.DISPATCHED, expected=0), TODAY)
    assert report.concern is None


def test_a_returned_order_is_told_with_its_refund():
    returned = order(OrderState.RETURNED, refund=RefundState.PENDING, refund_in=3)
    assert names(order_report(returned, TODAY)) == [
        "utter_order_returned",
        "utter_refund_pending",
    ]


@pytest.mark.parametrize(
    ("refund", "in_days", "response", "concerns"),
    [
        (RefundState.NONE, None, "utter_refund_none", True),
        (RefundState.PENDING, 3, "utter_refund_pending", False),
        (RefundState.PENDING, 0, "utter_refund_pending", False),
        (RefundState.PENDING, -1, "utter_refund_overdue", True),
        (RefundState.PAID, -7, "utter_refund_paid", False),
        (RefundState.PAID, -8, "utter_refund_not_seen", True),
    ],
)
def test_a_refund_that_should_have_come_concerns_people(
    refund, in_days, response, concerns
):
    returned = order(OrderState.RETURNED, refund=refund, refund_in=in_days)
    report = refund_report(returned, TODAY)
    assert names(report) == [response]
    assert (report.concern is not None) is concerns


def test_all_texts_of_all_demo_orders_are_complete_and_name_nobody(responses, tmp_path):
    path = demo_database(ROOT / "data" / "demo_orders.sql", tmp_path / "o.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        people = connection.execute(
            "SELECT number, name, address, postcode, email FROM orders"
        ).fetchall()
    for number, *private in people:
        record = SqliteOrders(path).find(number, today=TODAY)
        for report in (order_report(record, TODAY), refund_report(record, TODAY)):
            for line in report.lines:
                for wording in responses[line.response]:
                    text = wording["text"].format_map(line.slots)
                    _assert_names_nobody(text, private)


def _assert_names_nobody(text, private):
    assert not re.search(r"\s[.,]|\s{2}| None", text), (
        text
    )  # a brace filled with nothing
    name, address, postcode, email = private
    parts = [*name.split(), address, *address.split(", "), postcode, email]
    for part in parts:
        assert not re.search(rf"\b{re.escape(part)}\b", text, re.IGNORECASE), text
