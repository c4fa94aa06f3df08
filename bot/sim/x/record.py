"""Keeps what was asked and answered, to be held against X's description."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bot.sim.x.ledger import Call
from bot.sim.x.wire import Json

WHERE = "LOCAL_X_RECORD"  # a file; nothing is kept if it is not set
OF_ONE_KIND = 50  # requests that one network keeps of an endpoint and an answer


def keep(calls: Iterable[Call], events: Iterable[Json]) -> None:
    """Append requests with their answers, and events, if a record is wanted."""
    path = os.environ.get(WHERE)
    if not path:
        return
    test = os.environ.get("PYTEST_CURRENT_TEST", "")
    kinds: Counter[tuple[str, int]] = Counter()
    with Path(path).open("a") as file:
        for call in calls:
            kinds[call.endpoint, call.status] += 1
            is_whole = call.answer and call.answered
            if is_whole and kinds[call.endpoint, call.status] <= OF_ONE_KIND:
                line = {
                    "endpoint": call.endpoint,
                    "path": call.path,
                    "query": call.query,
                    "body": call.body,
                    "status": call.status,
                    "answer": call.answer,
                    "test": test,
                }
                file.write(json.dumps(line) + "\n")
        for event in list(events)[:OF_ONE_KIND]:
            file.write(json.dumps({"event": event, "test": test}) + "\n")
