"""Recorded requests and answers, held against Slack's published description.

`make conform SLACK_SPEC=slack_web_openapi_v2.json`. The description is of 2020:
what it does not know yet is listed in `departures`, each with its reason, and
anything else that differs makes the run fail.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator

import jsonschema  # type: ignore[import-untyped]  # it brings no types

from tests.conform import Report, Tally, run
from tests.slack_double.departures import reason_for
from tests.slack_double.record import Recorded, read
from tests.slack_double.shapes.arguments import METHODS
from tests.slack_double.wire import Json


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


def judge(spec: Json, record: Iterable[Recorded]) -> Report:
    """Hold every recorded call against the description."""
    description = Description(spec)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for one in record:
        if one.method not in METHODS:
            continue  # a test of what is refused
        tally, is_ok = tallies[one.method], bool(one.answer["ok"])
        tally.product += one.by_product
        tally.tests += not one.by_product
        tally.succeeded += is_ok
        tally.refused += not is_ok
        departures = set(description.of_answer(one))
        if is_ok:
            tally.parameters |= set(one.sent)
            departures |= set(description.of_request(one))
        tally.departures.update(departures)
    return Report(tallies, sorted(METHODS), reason_for, "method")


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


if __name__ == "__main__":
    sys.exit(
        run(
            "python -m tests.slack_double.conform",
            lambda spec, path: judge(spec, read(path)),
            PAGE,
        )
    )
