"""What a soak came to, for people."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.faults.soak.judge import Story
from tests.faults.soak.memory import Kind, Slope

WIDTH = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of one soak."""

    minutes: float
    messages: int
    customers: int
    paused: int
    made: Counter[str]
    acts: Counter[str]
    story: Story
    slopes: Sequence[Slope]
    half: Mapping[str, Kind]
    end: Mapping[str, Kind]
    event_files: int

    def text(self) -> str:
        console = Console(file=io.StringIO(), width=WIDTH)
        outcomes = Counter(outcome.value for outcome in self.story.outcomes.values())
        texts = self.story.sent.total()
        console.print(
            f"\n\nSoak of {self.minutes:.1f} minutes: {self.messages:,} messages of "
            f"{self.customers:,} customers, {texts:,} texts of the bot, "
            f"{self.story.count:,} events, {self.event_files} files of old ones; "
            f"customers paused {self.paused} times."
        )
        console.print("Outcomes: " + _counts(outcomes))
        console.print("Agents: " + _counts(self.acts))
        console.print("Went wrong: " + _counts(self.made))
        console.print(self._processes())
        console.print(self._store())
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    def _processes(self) -> Table:
        table = _table("Memory in the second half, of those that were not killed")
        table.add_column("Role")
        for name in ("At half, MB", "At the end, MB", "Slope, MB a minute"):
            table.add_column(name, justify="right")
        for slope in self.slopes:
            figures = slope.first_mb, slope.last_mb, slope.mb_a_minute
            table.add_row(slope.role, *(f"{figure:+.2f}" for figure in figures))
        return table

    def _store(self) -> Table:
        table = _table("The store, by kinds of keys")
        table.add_column("Kind")
        for name in (
            "Keys at half",
            "at the end",
            "kB at half",
            "at the end",
            "B each",
        ):
            table.add_column(name, justify="right")
        nothing = Kind()
        for name in sorted(self.half.keys() | self.end.keys()):
            half, end = self.half.get(name, nothing), self.end.get(name, nothing)
            table.add_row(
                name,
                f"{half.keys:,}",
                f"{end.keys:,}",
                f"{half.bytes / 1000:,.0f}",
                f"{end.bytes / 1000:,.0f}",
                f"{end.each:,.0f}",
            )
        return table


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.most_common())


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD)
