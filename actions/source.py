"""Where the actions find the orders and the day: Rasa makes them without arguments."""

from __future__ import annotations

import os
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Final

from rasa_sdk import Tracker

from bot.knowledge.orders import Orders, SqliteOrders, demo_database

ORDERS: Final = "FIRSTLINE_ORDERS"  # environment: an SQLite file like the demo's
VAR: Final = "FIRSTLINE_VAR"  # environment: what the program writes is kept there
_PROJECT: Final = Path(__file__).resolve().parents[1]


def orders() -> Orders:
    """Return the system of record that the environment names, else the demo's.

    Raises:
        TemporaryFailure: the demo cannot be built now.
    """
    named = os.environ.get(ORDERS)
    if named:
        return SqliteOrders(Path(named).expanduser())
    var = _PROJECT / os.environ.get(VAR, "var")
    script = _PROJECT / "data" / "demo_orders.sql"
    return SqliteOrders(demo_database(script, var / "demo_orders.sqlite"))


def today(tracker: Tracker) -> date:
    """Return the day of the turn, as the program tells it; else the machine's, in UTC."""
    metadata = tracker.latest_message.get("metadata") or {}
    told = metadata.get("now")
    now = datetime.fromisoformat(told) if told else datetime.now(timezone.utc)
    return now.date()
