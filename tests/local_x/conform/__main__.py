"""`make conform X_SPEC=x-openapi.json`: recorded requests against X's description.

What the description lacks is listed in `departures`, each with its reason; anything
else that differs makes the run fail.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.sim.x.local import ENDPOINTS
from tests.conform import Json, Report, Tally, run
from tests.local_x.conform.departures import reason_for
from tests.local_x.conform.description import Description

EVENTS = "events of the streams"
OF_THE_LOCAL_X = ("tests/local_x", "test_local_x")
NAMES = sorted({endpoint.name for endpoint in ENDPOINTS})


def judge(spec: Json, record: Iterable[Json]) -> Report:
    """Hold every recorded request, answer and event against the description."""
    description = Description(spec)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for line in record:
        tally = tallies[line.get("endpoint", EVENTS)]
        is_own = any(part in line["test"] for part in OF_THE_LOCAL_X)
        tally.tests += is_own
        tally.product += not is_own
        if "event" in line:
            tally.departures.update(set(description.of_event(line["event"])))
            continue
        endpoint, status = line["endpoint"], line["status"]
        found = set(description.of_answer(endpoint, status, line["answer"]))
        if status < 400:
            found |= set(description.of_request(endpoint, line["query"], line["body"]))
            tally.parameters |= {*line["query"], *line["body"]}
        tally.succeeded += status < 400
        tally.refused += status >= 400
        tally.departures.update(found)
    tallies.setdefault(EVENTS, Tally())
    return Report(tallies, NAMES, reason_for, "endpoint", more=(EVENTS,))


PAGE = """# Held against X's description
X publishes a description of its API (OpenAPI). `make conform X_SPEC=…` runs the tests that talk to the local X, records
requests, answers and events, and holds them against it: parameters known, required ones there, their kinds and values;
bodies and answers by their schemas, and no name in an answer that the description does not know. It fails on whatever is
not explained below. The product never reads that file, and the local X checks every request, answer and event in every
run against shapes of its own.

Last run: {date}, description {version}, {requests} requests and {tallies[events of the streams].product} events of the product.

The description says *post* in many names where X's documentation, its clients (tweepy too) and the events that X shows
as examples say *tweet*: `post.fields`, `referenced_posts`, `includes.posts`. The local X speaks as X delivers, and the
names are put into the description's words before they are compared (`tests/local_x/conform/names.py`).

## Endpoints
{table}

## What departs, and why
{explained}
"""


def read(path: Path) -> Iterator[Json]:
    return map(json.loads, path.read_text().splitlines())


if __name__ == "__main__":
    sys.exit(
        run(
            "python -m tests.local_x.conform",
            lambda spec, path: judge(spec, read(path)),
            PAGE,
        )
    )
