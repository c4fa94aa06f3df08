"""`firstline outcomes`: the table that must add up."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.flow.outcomes import Outcomes, count_outcomes
from bot.model.event import Outcome
from bot.model.rank import Rank, Waiting
from bot.open_store import open_store
from bot.settings import Settings

SHOWN = tuple(Outcome)


async def outcomes(settings: Settings) -> int:
    """Print the table of the running or last run; 1 if it does not add up."""
    async with open_store(settings) as store:
        counted = await count_outcomes(store.events)
        waiting = await store.inbox.waiting()
    console, now = Console(), SystemClock().now()
    end = print_outcomes(counted, console)
    for rank, waits in waiting.items():
        if waits.messages:
            console.print(waiting_line(rank, waits, now))
    return end


def waiting_line(rank: Rank, waiting: Waiting, now: datetime) -> str:
    """Say how many messages of a rank wait, and for how long the oldest is due."""
    line = f"{waiting.messages} of the {rank.name.lower()} rank wait"
    if waiting.due_since is None:
        return f"{line}, all in hand."
    late = (now - waiting.due_since).total_seconds()
    return f"{line}, the oldest due {'for' if late > 0 else 'in'} {abs(late):.0f} s."


def print_outcomes(counted: Outcomes, console: Console) -> int:
    """Print totals, then by intent, reason and team; return the exit code."""
    console.print(_totals(counted))
    for title, counts in (
        ("Intent", counted.by_label),
        ("Reason", counted.by_reason),
        ("Team", counted.by_team),
    ):
        if counts:
            console.print(_by(title, counts))
    if counted.withheld:
        kept = ", ".join(f"{n} {code}" for code, n in counted.withheld.most_common())
        console.print(f"The bot kept silent: {kept}.")
    if counted.adds_up:
        console.print(f"Every one of {counted.seen} messages has exactly one outcome.")
        return 0
    total = sum(counted.totals.values())
    console.print(f"[bold red]{counted.seen} seen, but {total} outcomes.[/]")
    return 1


def _totals(counted: Outcomes) -> Table:
    table = Table(title="What became of every message")
    table.add_column("Outcome")
    table.add_column("Messages", justify="right")
    table.add_column("Share", justify="right")
    for outcome in SHOWN:
        count = counted.totals[outcome]
        share = f"{count / counted.seen:.1%}" if counted.seen else "-"
        table.add_row(outcome.value, str(count), share)
    table.add_section()
    table.add_row("seen", str(counted.seen), "100.0%" if counted.seen else "-")
    return table


def _by(title: str, counts: Counter[tuple[str, Outcome]]) -> Table:
    used = [o for o in SHOWN if any(outcome is o for _, outcome in counts)]
    rows: Counter[str] = Counter()
    for (value, _), count in counts.items():
        rows[value] += count
    table = Table()
    table.add_column(title, no_wrap=True, min_width=max(map(len, rows)))
    for outcome in used:
        table.add_column(outcome.value, justify="right")
    table.add_column("all", justify="right")
    for value, total in rows.most_common():
        cells = [counts[value, outcome] for outcome in used]
        table.add_row(value, *(str(c) if c else "" for c in cells), str(total))
    return table
