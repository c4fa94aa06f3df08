"""What every holding against a published description has in common: counts and pages.

`tests.slack_double.conform` and `tests.local_x.conform` judge; here their verdicts are
told: what departs with a reason, what departs without one, and the docs' page.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

Json = dict[str, Any]  # as a description or a record has it
NAMED = 3  # places that a row names; of more it tells the number


@dataclass
class Tally:
    """What was found in one place: a method, or an endpoint."""

    product: int = 0  # requests that the product's own clients made
    tests: int = 0  # and those of tests of the double
    succeeded: int = 0
    refused: int = 0
    parameters: set[str] = field(default_factory=set)
    departures: Counter[str] = field(default_factory=Counter)

    @property
    def answered(self) -> int:
        return self.succeeded + self.refused


Reasons = Callable[[str, str], str | None]  # of a departure in a place


@dataclass(frozen=True)
class Report:
    """How a run came out, in Markdown.

    Args:
        tallies: what was found, by place.
        names: the places that must have been called.
        more: places that have a row too, though nothing is called there.
        reason_for: tells why a departure is right, if anybody knows.
        place: what a place is called in the pages.
    """

    tallies: Mapping[str, Tally]
    names: Sequence[str]
    reason_for: Reasons
    place: str
    more: Sequence[str] = ()

    def table(self) -> Iterator[str]:
        """Yield a row for each place."""
        yield (
            f"| {self.place} | requests of the product | of tests of the double "
            "| parameters used | refusals among them | departures |"
        )
        yield "| --- | ---: | ---: | ---: | ---: | ---: |"
        for name in [*sorted(self.names), *self.more]:
            tally = self.tallies.get(name, Tally())
            yield (
                f"| `{name}` | {tally.product} | {tally.tests} "
                f"| {len(tally.parameters)} | {tally.refused} | {len(tally.departures)} |"
            )

    def explained(self) -> Iterator[str]:
        """Yield the departures that are known, and why they are right."""
        where: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name, tally in self.tallies.items():
            for departure in tally.departures:
                if reason := self.reason_for(name, departure):
                    where[reason, departure].add(name)
        yield "| departure | where | why |"
        yield "| --- | --- | --- |"
        for (reason, departure), names in sorted(where.items()):
            yield f"| {departure} | {self._listed(names)} | {reason} |"

    def _listed(self, names: set[str]) -> str:
        if len(names) > NAMED:
            return f"{len(names)} {self.place}s"
        return ", ".join(f"`{name}`" for name in sorted(names))

    def unexplained(self) -> list[str]:
        """Return what differs and nobody has given a reason for."""
        found = [
            f"{name}: {departure} ({count} times)"
            for name, tally in sorted(self.tallies.items())
            for departure, count in sorted(tally.departures.items())
            if self.reason_for(name, departure) is None
        ]
        called = {name for name, tally in self.tallies.items() if tally.succeeded}
        idle = [name for name in sorted(self.names) if name not in called]
        return found + [f"{name}: never called with success" for name in idle]


def run(prog: str, judge: Callable[[Json, Path], Report], page: str) -> int:
    """Judge a record by the command line's description; return the exit code.

    Args:
        prog: the name of the command.
        judge: holds a record against a description.
        page: the docs' page, with {table}, {explained}, {date}, {version} and
            {requests}, and {tallies} for whatever else it tells.
    """
    parser = argparse.ArgumentParser(prog=prog)
    parser.add_argument("spec", type=Path)
    parser.add_argument("record", type=Path)
    parser.add_argument("--page", type=Path, help="where to write the docs' page")
    chosen = parser.parse_args()
    spec = json.loads(chosen.spec.read_text())
    report = judge(spec, chosen.record)
    wrong = report.unexplained()
    table, explained = "\n".join(report.table()), "\n".join(report.explained())
    said = "\n".join(wrong) or "Nothing else departs from the description."
    sys.stdout.write(f"{table}\n\n{explained}\n\n{said}\n")
    if chosen.page and not wrong:
        text = page.format(
            date=datetime.now(timezone.utc).date().isoformat(),
            version=spec["info"]["version"],
            requests=sum(tally.answered for tally in report.tallies.values()),
            tallies=report.tallies,
            table=table,
            explained=explained,
        )
        chosen.page.write_text(text)
    return 1 if wrong else 0
