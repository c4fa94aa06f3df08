"""Keeps what was asked and answered, so that it can be held against a description."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.slack_double.ledger import Call
from tests.slack_double.wire import Json

WHERE = "SLACK_DOUBLE_RECORD"  # a file; nothing is kept if it is not set
OF_THE_DOUBLE = "test_slack_double"  # tests of the double itself, not of the product


@dataclass(frozen=True)
class Recorded:
    """One request, who made it, and the answer."""

    method: str
    verb: str
    sent: Json
    answer: Json
    by_product: bool


def keep(calls: list[Call]) -> None:
    """Append answered calls to the record, if one is wanted."""
    path = os.environ.get(WHERE)
    if not path:
        return
    test = os.environ.get("PYTEST_CURRENT_TEST", "")
    with Path(path).open("a") as file:
        for call in calls:
            if call.answer and call.status == 200:
                line = [call.method, call.verb, call.sent, call.answer, test]
                file.write(json.dumps(line) + "\n")


def read(path: Path) -> Iterator[Recorded]:
    for line in path.read_text().splitlines():
        method, verb, sent, answer, test = json.loads(line)
        product = OF_THE_DOUBLE not in test and "test_slack_pages" not in test
        yield Recorded(method, verb, sent, answer, product)
