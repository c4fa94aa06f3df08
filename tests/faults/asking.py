"""Customers who ask a standard question while the store is in trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import POLICY
from tests.first_line import FirstLine
from tests.ledger import post

QUICK = replace(
    POLICY,
    burst=timedelta(milliseconds=50),
    burst_at_most=timedelta(milliseconds=200),
)


def ask(line: FirstLine, count: int, *, start: int = 0) -> None:
    """Let `count` customers ask, each once; the first is called c and `start`."""
    for number in range(start, start + count):
        post(line, "faq/delivery_cost 0.9", account=f"c{number}")
