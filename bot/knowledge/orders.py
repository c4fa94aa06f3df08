"""The system of record for orders: the port, the identity check, the SQLite adapter.

A firm replaces `SqliteOrders` by an adapter on its own shop; nothing else changes.
"""

from __future__ import annotations

import hmac
import os
import re
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Final, Protocol

from bot.errors import TemporaryFailure

LOCK_WAIT_S: Final = 0.2  # for a writer to finish; the whole turn is tried again later
_SUNDAY: Final = 6  # no deliveries: what would come then comes on Monday


class OrderState(str, Enum):
    """How far an order has come."""

    CONFIRMED = "confirmed"
    PACKED = "packed"
    DISPATCHED = "dispatched"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class RefundState(str, Enum):
    """Where the money is."""

    NONE = "none"  # nothing is to be paid back
    PENDING = "pending"
    PAID = "paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """What the dialogue may know of an order. It holds no name and no address.

    `changed_on` is the day on which the order came into its state; `expected_on`
    the promised day of delivery. `refund_on` is the day on which the refund was
    paid, or is due while it is pending. `email` and `postcode` only serve to check
    who asks (`matches`).
    """

    number: str
    email: str
    postcode: str
    state: OrderState
    changed_on: date
    expected_on: date | None = None
    carrier: str | None = None
    refund: RefundState = RefundState.NONE
    refund_on: date | None = None


class Orders(Protocol):
    """The shop's orders. Reads only."""

    def find(self, number: str, *, today: date) -> OrderRecord | None:
        """Return the order as it stands on `today`; None if there is none.

        Args:
            number: normalised, as `number_in` gives it.
            today: the customer's present day.

        Raises:
            TemporaryFailure: the system cannot be asked now.
        """
        ...

    def number_in(self, text: str) -> str | None:
        """Return the first order number in `text`, normalised; None if there is none.

        Digits alone count, since the text answers the question for the number.

        Raises:
            TemporaryFailure: the system cannot be asked now.
        """
        ...


def matches(order: OrderRecord | None, fact: str) -> bool:
    """Tell whether `fact` is the email or the postcode of `order`.

    Capitals and blanks do not count. Both are always compared, in constant time,
    and an order that does not exist takes as long as one that does: an answer's
    duration tells a guesser nothing.
    """
    email, postcode = (order.email, order.postcode) if order else ("", "")
    is_email = _same(email, fact)
    is_postcode = _same(postcode, fact)
    return order is not None and (is_email or is_postcode)


def _same(kept: str, given: str) -> bool:
    known, said = _folded(kept), _folded(given)
    return hmac.compare_digest(known, said) and bool(known)


def _folded(fact: str) -> bytes:
    return "".join(fact.casefold().split()).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How order numbers look: `prefix` "FH" and 6 `digits` are FH-482913."""

    prefix: str
    digits: int

    def find(self, text: str) -> str | None:
        """Return the first number in `text` however written, or None."""
        half = self.digits // 2
        match = re.search(
            rf"(?<![^\W_])(?:{re.escape(self.prefix)}[\s\-–_#.:]{{0,3}})?"
            rf"(\d{{{half}}}\s?\d{{{self.digits - half}}})(?!\d)",
            text,
            re.IGNORECASE | re.ASCII,
        )
        if match is None:
            return None
        return f"{self.prefix}-{''.join(match[1].split())}"


_FIND: Final = """
    SELECT number, email, postcode, state, changed_in_days, expected_in_days,
           carrier, refund, refund_in_days
    FROM orders WHERE number = ?
"""


class SqliteOrders:
    """Orders in an SQLite file, whose days count from the day of the question.

    So demo orders never grow old: one that is expected in two days always is.
    data/demo_orders.sql describes the tables.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, number: str, *, today: date) -> OrderRecord | None:
        """See `Orders.find`."""
        rows = self._ask(_FIND, number)
        return _record(rows[0], today) if rows else None

    def number_in(self, text: str) -> str | None:
        """See `Orders.number_in`."""
        rows = self._ask("SELECT prefix, digits FROM number_format")
        if not rows:
            raise TemporaryFailure("the order system does not tell its number format")
        return NumberFormat(rows[0]["prefix"], rows[0]["digits"]).find(text)

    def _ask(self, query: str, *values: str) -> list[sqlite3.Row]:
        """Run one query on a connection of its own, so that any thread may ask."""
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        try:
            with closing(
                sqlite3.connect(address, uri=True, timeout=LOCK_WAIT_S)
            ) as database:
                database.row_factory = sqlite3.Row
                return database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            code = type(error).__name__
            raise TemporaryFailure(
                f"the order system does not answer: {code}"
            ) from None


def demo_database(script: Path, path: Path) -> Path:
    """Return `path` as the database that `script` describes, built anew if older.

    Raises:
        TemporaryFailure: it cannot be built now.
    """
    try:
        if not path.exists() or path.stat().st_mtime < script.stat().st_mtime:
            _build(script.read_text(encoding="utf-8"), path)
    except (OSError, sqlite3.Error) as error:
        code = type(error).__name__
        raise TemporaryFailure(f"the demo orders cannot be built: {code}") from error
    return path


def _build(script: str, path: Path) -> None:
    """Write the database beside `path` and move it there in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".orders-")
    os.close(handle)
    try:
        with closing(sqlite3.connect(unfinished)) as database:
            database.executescript(script)
        Path(unfinished).replace(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)


def _record(row: sqlite3.Row, today: date) -> OrderRecord:
    expected, refund = row["expected_in_days"], row["refund_in_days"]
    return OrderRecord(
        number=row["number"],
        email=row["email"],
        postcode=row["postcode"],
        state=OrderState(row["state"]),
        changed_on=today + timedelta(days=row["changed_in_days"]),
        expected_on=None if expected is None else _delivery_day(today, expected),
        carrier=row["carrier"],
        refund=RefundState(row["refund"]),
        refund_on=None if refund is None else today + timedelta(days=refund),
    )


def _delivery_day(today: date, in_days: int) -> date:
    day = today + timedelta(days=in_days)
    return day + timedelta(days=1) if day.weekday() == _SUNDAY else day
