"""The system of record: who may ask, how numbers are read, what happens without it."""

import os
import sqlite3
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.errors import TemporaryFailure
from bot.knowledge.orders import (
    NumberFormat,
    OrderRecord,
    OrderState,
    RefundState,
    SqliteOrders,
    demo_database,
    matches,
)

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "data" / "demo_orders.sql"
MONDAY = date(2026, 11, 23)
ORDER = OrderRecord(
    number="FH-482913",
    email="nell.ashworth@mail.example",
    postcode="LS6 2AB",
    state=OrderState.DISPATCHED,
    changed_on=MONDAY,
)


@pytest.fixture
def database(tmp_path):
    return demo_database(SCRIPT, tmp_path / "orders.sqlite")


@pytest.fixture
def orders(database):
    return SqliteOrders(database)


@pytest.mark.parametrize(
    "fact",
    ["LS6 2AB", "ls62ab", " Ls6  2aB ", "NELL.Ashworth@Mail.Example"],
)
def test_the_owner_is_recognised_however_they_write(fact):
    assert matches(ORDER, fact)


@pytest.mark.parametrize(
    "fact", ["", " ", "LS6 2AC", "LS6", "nell.ashworth@mail", "FH-482913", "\ud800"]
)
def test_nothing_else_proves_who_asks(fact):
    assert not matches(ORDER, fact)


def test_an_order_that_is_not_there_matches_nothing():
    assert not matches(None, "LS6 2AB")
    assert not matches(None, "")


@pytest.mark.parametrize("fact", ["", "  ", "LS6 2AB"])
def test_an_order_without_email_is_not_opened_by_an_empty_one(fact):
    bare = OrderRecord(
        number="FH-1",
        email="",
        postcode="",
        state=OrderState.PACKED,
        changed_on=MONDAY,
    )
    assert not matches(bare, fact)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("482913", "FH-482913"),
        ("it's 482 913 i think", "FH-482913"),
        ("fh482913", "FH-482913"),
        ("FH - 482913", "FH-482913"),
        ("FH–482913!", "FH-482913"),
        ("#482913", "FH-482913"),
        ("48291", None),
        ("4829134", None),
        ("07700 9001234", None),
        ("no idea", None),
        ("", None),
    ],
)
def test_a_number_is_read_however_it_is_written(text, number):
    assert NumberFormat("FH", 6).find(text) == number


def test_the_order_system_knows_its_own_format(orders):
    assert orders.number_in("i think 482913") == "FH-482913"


def test_there_are_demo_orders_in_every_state(database):
    with closing(sqlite3.connect(database)) as connection:
        numbers = [n for (n,) in connection.execute("SELECT number FROM orders")]
    records = [SqliteOrders(database).find(n, today=MONDAY) for n in numbers]
    assert len(records) >= 30
    assert {record.state for record in records} == set(OrderState)
    assert {record.refund for record in records} == set(RefundState)


def test_days_move_with_the_day_of_the_question(orders):
    """A demo must not rot: two days from now is always two days from now."""
    for today in (MONDAY, MONDAY + timedelta(days=700)):
        found = orders.find("FH-410131", today=today)
        assert found.changed_on == today - timedelta(days=1)
        assert found.expected_on >= today + timedelta(days=2)


@pytest.mark.parametrize("offset", range(7))
def test_nothing_is_delivered_on_a_sunday(orders, offset):
    found = orders.find("FH-482913", today=MONDAY + timedelta(days=offset))
    assert found.expected_on.strftime("%w") != "0"


def test_an_unknown_number_finds_nothing(orders):
    assert orders.find("FH-000000", today=MONDAY) is None
    assert orders.find("FH-482913' OR 1=1 --", today=MONDAY) is None


def test_no_name_or_address_leaves_the_adapter(database):
    with closing(sqlite3.connect(database)) as connection:
        people = connection.execute("SELECT number, name, address FROM orders")
        for number, name, address in people.fetchall():
            said = repr(SqliteOrders(database).find(number, today=MONDAY))
            assert name not in said
            assert address not in said


def test_a_missing_database_is_a_failure_that_may_pass_and_makes_no_file(tmp_path):
    path = tmp_path / "gone.sqlite"
    with pytest.raises(TemporaryFailure):
        SqliteOrders(path).find("FH-482913", today=MONDAY)
    assert not path.exists()


def test_a_file_that_is_no_database_is_a_failure_that_may_pass(tmp_path):
    path = tmp_path / "orders.sqlite"
    path.write_text("not a database, but long enough to be looked at" * 100)
    with pytest.raises(TemporaryFailure):
        SqliteOrders(path).number_in("482913")


def test_a_locked_database_is_a_failure_that_may_pass(database):
    with closing(sqlite3.connect(database)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        with pytest.raises(TemporaryFailure) as failure:
            SqliteOrders(database).find("FH-482913", today=MONDAY)
        assert time.monotonic() - started < 4.5  # SQLite itself waits five
        writer.rollback()
    assert "482913" not in str(failure.value)
    assert SqliteOrders(database).find("FH-482913", today=MONDAY)


def test_the_demo_is_built_again_when_its_script_is_newer(tmp_path):
    script, path = tmp_path / "orders.sql", tmp_path / "var" / "orders.sqlite"
    script.write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    built = demo_database(script, path).stat().st_mtime_ns
    assert demo_database(script, path).stat().st_mtime_ns == built
    changed = script.read_text(encoding="utf-8").replace("FH-482913", "FH-111111")
    script.write_text(changed, encoding="utf-8")
    later = path.stat().st_mtime + 10
    os.utime(script, (later, later))
    orders = SqliteOrders(demo_database(script, path))
    assert orders.find("FH-111111", today=MONDAY)
    assert [file.name for file in path.parent.iterdir()] == ["orders.sqlite"]


def test_a_demo_that_cannot_be_built_leaves_nothing_behind(tmp_path):
    script, path = tmp_path / "orders.sql", tmp_path / "orders.sqlite"
    script.write_text("CREATE TABLE orders (; nonsense")
    with pytest.raises(TemporaryFailure):
        demo_database(script, path)
    assert [file.name for file in tmp_path.iterdir()] == ["orders.sql"]
