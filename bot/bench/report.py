"""The figures of a bench as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from bot.bench.course import Course
from bot.bench.figures import Run
from bot.bench.rig import QUIET_MS
from bot.bench.stock import Stock
from bot.bench.stock_project import EPOCHS
from bot.bench.targets import Check


def tables(course: Course, checks: Sequence[Check], stock: Stock | None) -> list[Table]:
    """Return everything that a bench prints, in order."""
    return [
        _runs(course.runs),
        _roles(course.flood, course.memory_mb),
        _outcomes(course.runs),
        *([] if stock is None else [_stock(course.flood, stock)]),
        _checks(checks),
    ]


def _runs(runs: Sequence[Run]) -> Table:
    table = _table(
        f"Arrival to sent, in ms, {QUIET_MS} ms of quiet time included",
        "Load",
        *("offered/s", "messages", "done/s", "p50", "p95", "p99", "max"),
        *("CPU ms a message", "store commands a message"),
    )
    for run in runs:
        latency = run.latency
        table.add_row(
            run.name,
            f"{run.offered:,.0f}",
            f"{run.messages:,}",
            f"{run.throughput:,.0f}",
            *(
                f"{v:,.0f}"
                for v in (latency.p50, latency.p95, latency.p99, latency.max)
            ),
            f"{run.cpu_ms:.2f}",
            f"{run.commands:.0f}",
        )
    return table


def _roles(run: Run, memory_mb: Mapping[str, float]) -> Table:
    table = _table(
        f"What the {run.name} cost", "Process", "CPU s", "CPU ms a message", "PSS MB"
    )
    for role, cpu_s in run.cpu_s.items():
        each = f"{1000 * cpu_s / run.messages:.2f}"
        table.add_row(role, f"{cpu_s:.1f}", each, f"{memory_mb[role]:.0f}")
    return table


def _outcomes(runs: Sequence[Run]) -> Table:
    names = list(dict.fromkeys(name for run in runs for name in run.verdict.outcomes))
    table = _table("What became of the messages", "Load", *names, "replies", "right")
    for run in runs:
        counts = [str(run.verdict.outcomes.get(name, 0)) for name in names]
        right = "yes" if run.right else "[bold red]NO[/]"
        table.add_row(run.name, *counts, str(len(run.verdict.replies)), right)
    return table


def _stock(ours: Run, stock: Stock) -> Table:
    table = _table(
        f"Stock Rasa: rasa run over REST, DIET trained on {stock.examples} examples "
        f"in {EPOCHS} epochs, "
        f"{stock.memory_mb:,.0f} MB, {stock.ready_s:.0f} s to start",
        "At a time",
        *("messages", "with a text", "done/s", "p50", "p95", "p99", "max"),
        *("CPU ms a message", "we are faster by"),
    )
    for run in stock.runs:
        latency = run.latency
        table.add_row(
            str(run.concurrency),
            f"{run.messages:,}",
            f"{run.answered:,}",
            f"{run.throughput:,.1f}",
            *(
                f"{v:,.0f}"
                for v in (latency.p50, latency.p95, latency.p99, latency.max)
            ),
            f"{1000 * run.cpu_s / run.messages:.1f}",
            f"{ours.throughput / run.throughput:.1f}",
        )
    return table


def _checks(checks: Sequence[Check]) -> Table:
    table = _table("Targets", "What", "target", "measured", "met")
    for check in checks:
        met = "yes" if check.met else "[bold red]no[/]"
        table.add_row(check.what, check.target, check.measured, met)
    return table


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title)
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right")
    return table
