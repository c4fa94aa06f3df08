"""Recorded requests and answers, held against Slack's published description.

`make conform SLACK_SPEC=slack_web_openapi_v2.json`. The description is of 2020:
what it does not know yet is listed in `departures`, each with its reason, and
anything else that differs makes the run fail.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # it brings no types

from tests.slack_double.departures import reason_for
from tests.slack_double.record import Recorded, read
from tests.slack_double.shapes.arguments import METHODS
from tests.slack_double.wire import Json


@dataclass
class Tally:
    """What was found for one method."""

    product: int = 0
    double: int = 0
    answers: Counter[str] = field(default_factory=Counter)  # "ok" or an error code
    parameters: set[str] = field(default_factory=set)
    departures: Counter[str] = field(default_factory=Counter)


class Description:
    """Slack's description, asked about one request or answer at a time."""

    def __init__(self, spec: Json) -> None:
        self._spec = spec
        self._resolver = jsonschema.RefResolver("", spec)

    def operation(self, method: str) -> tuple[str, Json] | None:
        """Return the verb and the description of a method, if it has one."""
        path = self._spec["paths"].get(f"/{method}")
        return next(iter(path.items())) if path else None

    def of_request(self, one: Recorded) -> Iterator[str]:
        """Yield where a request that was accepted departs."""
        found = self.operation(one.method)
        if found is None:
            yield "method"
            return
        verb, operation = found
        if verb.upper() != one.verb:
            yield f"verb {one.verb}"
        known = {p["name"]: p for p in operation["parameters"]}
        for name, value in one.sent.items():
            if name not in known:
                yield f"parameter {name}"
            elif not _fits(known[name].get("type", "string"), value):
                yield f"type of {name}"
        for name, parameter in known.items():
            if parameter.get("required") and name not in {*one.sent, "token"}:
                yield f"missing parameter {name}"

    def of_answer(self, one: Recorded) -> Iterator[str]:
        """Yield where an answer departs, each place once."""
        found = self.operation(one.method)
        if found is None:
            return
        kind = "200" if one.answer.get("ok") else "default"
        schema = found[1]["responses"][kind]["schema"]
        checks = jsonschema.Draft4Validator(schema, resolver=self._resolver)
        for error in checks.iter_errors(one.answer):
            yield from _told(error, one.answer)


def _told(error: jsonschema.ValidationError, answer: Json) -> Iterator[str]:
    """Say in a word or two what an error of the validator means."""
    place = re.sub(r"\d+", "[]", "/".join(str(step) for step in error.absolute_path))
    if error.validator in {"anyOf", "oneOf"}:
        yield f"answer: {place} fits no variant"
    elif error.validator == "required":
        missing = [n for n in error.validator_value if n not in error.instance]
        yield from (f"answer: {place}/{name} is missing" for name in missing)
    elif error.validator == "additionalProperties":
        extra = set(error.instance) - set(error.schema.get("properties", {}))
        yield from (f"answer: {place}/{name} is unknown" for name in sorted(extra))
    elif error.validator == "enum" and place == "error":
        yield f"error {answer['error']}"
    else:
        yield f"answer: {place} is no {error.validator}"


def _fits(kind: str, value: object) -> bool:
    """Tell whether a value can be of the kind; a form has texts alone."""
    if kind == "boolean":
        return str(value).lower() in {"true", "false", "1", "0"}
    if kind in {"number", "integer"}:
        return re.fullmatch(r"\d+(\.\d+)?", str(value)) is not None
    return isinstance(value, (str, list, dict))


def judge(spec: Json, record: Iterable[Recorded]) -> dict[str, Tally]:
    """Hold every recorded call against the description."""
    description = Description(spec)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for one in record:
        if one.method not in METHODS:
            continue  # a test of what is refused
        tally = tallies[one.method]
        tally.product += one.by_product
        tally.double += not one.by_product
        tally.answers["ok" if one.answer["ok"] else one.answer["error"]] += 1
        departures = set(description.of_answer(one))
        if one.answer["ok"]:
            tally.parameters |= set(one.sent)
            departures |= set(description.of_request(one))
        tally.departures.update(departures)
    return dict(tallies)


def table(tallies: dict[str, Tally]) -> Iterator[str]:
    """Yield a row for each method, in Markdown."""
    yield "| method | requests of the product | of the tests | parameters used | answers | departures |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for method in sorted(METHODS):
        tally = tallies.get(method, Tally())
        yield (
            f"| `{method}` | {tally.product} | {tally.double} "
            f"| {len(tally.parameters)} | {tally.answers.total()} "
            f"| {len(tally.departures)} |"
        )


def explained(tallies: dict[str, Tally]) -> Iterator[str]:
    """Yield the departures that are known, and why they are right."""
    where: dict[tuple[str, str], set[str]] = defaultdict(set)
    for method, tally in tallies.items():
        for departure in tally.departures:
            if reason := reason_for(method, departure):
                where[departure, reason].add(method)
    yield "| departure | where | why |"
    yield "| --- | --- | --- |"
    for (departure, reason), methods in sorted(where.items()):
        names = ", ".join(f"`{name}`" for name in sorted(methods))
        yield f"| {departure} | {names} | {reason} |"


def unexplained(tallies: dict[str, Tally]) -> list[str]:
    """Return what differs and nobody has given a reason for."""
    found = [
        f"{method}: {departure} ({count} times)"
        for method, tally in sorted(tallies.items())
        for departure, count in sorted(tally.departures.items())
        if reason_for(method, departure) is None
    ]
    idle = sorted(m for m in METHODS if not tallies.get(m, Tally()).answers["ok"])
    return found + [f"{method}: never called with success" for method in idle]


PAGE = """# Held against Slack's description
Slack publishes a description of its Web API (`slack_web_openapi_v2.json`). `make conform SLACK_SPEC=…` runs the
tests that talk to the local Slack, records every request and answer, and holds them against it: parameters known,
required ones there, their kinds; answers with all required fields. It fails on whatever is not explained below. The
product never reads that file, and the local Slack checks every request in every run against shapes of its own.

Last run: {date}, description {version}, {requests} requests with answers.

## Methods
{table}

A request counts for the product when its own clients made it, and for the tests when a test of the local Slack did.

## What departs, and why
{explained}
"""


def page(tallies: dict[str, Tally], *, version: str, date: str) -> str:
    """Return the page of the docs that says how a run came out."""
    return PAGE.format(
        date=date,
        version=version,
        requests=sum(t.answers.total() for t in tallies.values()),
        table="\n".join(table(tallies)),
        explained="\n".join(explained(tallies)),
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.slack_double.conform")
    parser.add_argument("spec", type=Path)
    parser.add_argument("record", type=Path)
    parser.add_argument("--page", type=Path, help="where to write the docs' page")
    chosen = parser.parse_args()
    spec = json.loads(chosen.spec.read_text())
    tallies = judge(spec, read(chosen.record))
    wrong = unexplained(tallies)
    lines = [*table(tallies), "", *explained(tallies), ""]
    lines += wrong or ["Nothing else departs from the description."]
    sys.stdout.write("\n".join(lines) + "\n")
    if chosen.page and not wrong:
        today = datetime.now(timezone.utc).date().isoformat()
        text = page(tallies, version=str(spec["info"]["version"]), date=today)
        chosen.page.write_text(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
