"""`make conform X_SPEC=x-openapi.json`: recorded requests against X's description.

What the description lacks is listed in `departures`, each with its reason; anything
else that differs makes the run fail.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from bot.sim.x.local import ENDPOINTS
from tests.local_x.conform.departures import reason_for
from tests.local_x.conform.description import Description, Json

EVENTS = "events of the streams"
OF_THE_LOCAL_X = ("tests/local_x", "test_local_x")
NAMES = sorted({endpoint.name for endpoint in ENDPOINTS})


@dataclass
class Tally:
    """What was found for one endpoint."""

    product: int = 0
    local: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    parameters: set[str] = field(default_factory=set)
    departures: Counter[str] = field(default_factory=Counter)


def judge(spec: Json, record: Iterable[Json]) -> dict[str, Tally]:
    """Hold every recorded request, answer and event against the description."""
    description = Description(spec)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for line in record:
        tally = tallies[line.get("endpoint", EVENTS)]
        is_own = any(part in line["test"] for part in OF_THE_LOCAL_X)
        tally.local += is_own
        tally.product += not is_own
        if "event" in line:
            tally.departures.update(set(description.of_event(line["event"])))
            continue
        endpoint, status = line["endpoint"], line["status"]
        found = set(description.of_answer(endpoint, status, line["answer"]))
        if status < 400:
            found |= set(description.of_request(endpoint, line["query"], line["body"]))
            tally.parameters |= {*line["query"], *line["body"]}
        tally.statuses[status] += 1
        tally.departures.update(found)
    return dict(tallies)


def table(tallies: dict[str, Tally]) -> Iterator[str]:
    """Yield a row for each endpoint, in Markdown."""
    yield "| endpoint | requests of the product | of the local X's tests | parameters used | refusals among them | departures |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for name in [*NAMES, EVENTS]:
        tally = tallies.get(name, Tally())
        refused = sum(n for status, n in tally.statuses.items() if status >= 400)
        yield (
            f"| `{name}` | {tally.product} | {tally.local} "
            f"| {len(tally.parameters)} | {refused} | {len(tally.departures)} |"
        )


def explained(tallies: dict[str, Tally]) -> Iterator[str]:
    """Yield the departures that are known, and why they are right."""
    where: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, tally in tallies.items():
        for departure in tally.departures:
            if reason := reason_for(name, departure):
                where[reason, departure].add(name)
    yield "| departure | where | why |"
    yield "| --- | --- | --- |"
    for (reason, departure), names in sorted(where.items()):
        listed = ", ".join(f"`{name}`" for name in sorted(names))
        listed = listed if len(names) <= 3 else f"{len(names)} endpoints"
        yield f"| {departure} | {listed} | {reason} |"


def unexplained(tallies: dict[str, Tally]) -> list[str]:
    """Return what differs and nobody has given a reason for."""
    found = [
        f"{name}: {departure} ({count} times)"
        for name, tally in sorted(tallies.items())
        for departure, count in sorted(tally.departures.items())
        if reason_for(name, departure) is None
    ]
    idle = [
        name
        for name in NAMES
        if not any(s < 400 for s in tallies.get(name, Tally()).statuses)
    ]
    return found + [f"{name}: never called with success" for name in idle]


PAGE = """# Held against X's description
X publishes a description of its API (OpenAPI). `make conform X_SPEC=…` runs the tests that talk to the local X, records
requests, answers and events, and holds them against it: parameters known, required ones there, their kinds and values;
bodies and answers by their schemas, and no name in an answer that the description does not know. It fails on whatever is
not explained below. The product never reads that file, and the local X checks every request, answer and event in every
run against shapes of its own.

Last run: {date}, description {version}, {requests} requests and {events} events.

The description says *post* in many names where X's documentation, its clients (tweepy too) and the events that X shows
as examples say *tweet*: `post.fields`, `referenced_posts`, `includes.posts`. The local X speaks as X delivers, and the
names are put into the description's words before they are compared (`tests/local_x/conform/names.py`).

## Endpoints
{table}

## What departs, and why
{explained}
"""


def page(tallies: dict[str, Tally], *, version: str, date: str) -> str:
    """Return the page of the docs that says how a run came out."""
    events = tallies.get(EVENTS, Tally())
    return PAGE.format(
        date=date,
        version=version,
        requests=sum(t.statuses.total() for t in tallies.values()),
        events=events.product + events.local,
        table="\n".join(table(tallies)),
        explained="\n".join(explained(tallies)),
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.local_x.conform")
    parser.add_argument("spec", type=Path)
    parser.add_argument("record", type=Path)
    parser.add_argument("--page", type=Path, help="where to write the docs' page")
    chosen = parser.parse_args()
    spec = json.loads(chosen.spec.read_text())
    lines = chosen.record.read_text().splitlines()
    tallies = judge(spec, map(json.loads, lines))
    wrong = unexplained(tallies)
    told = [*table(tallies), "", *explained(tallies), ""]
    told += wrong or ["Nothing else departs from the description."]
    sys.stdout.write("\n".join(told) + "\n")
    if chosen.page and not wrong:
        today = datetime.now(timezone.utc).date().isoformat()
        text = page(tallies, version=str(spec["info"]["version"]), date=today)
        chosen.page.write_text(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
