"""`firstline bench`: how fast the whole way is, and whether it was right."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot.bench.aging import measure_aging
from bot.bench.course import FULL, QUICK, run_course
from bot.bench.crowd import Crowd, measure_crowd
from bot.bench.figures import Run
from bot.bench.plot import plot
from bot.bench.report import tables
from bot.bench.rig import Rig, open_rig, processes_with
from bot.bench.targets import checks_of
from bot.bench.texts import Writer
from bot.commands.train import current_model
from bot.nlubench.project import profile_in, write_copy
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.bench.stock import Stock

SEED = 1
WIDTH = 140
STOCK_FULL, STOCK_QUICK = 1_000, 64  # messages for the stock bot, at each concurrency


async def bench(
    settings: Settings,
    *,
    quick: bool,
    against_stock: bool,
    million: bool,
    picture: Path | None,
    profile: str | None,
    workers: int = 1,
) -> int:
    """Run the bench in a store of its own, print its tables, draw its plot.

    The model is that of config.yml, or the one with its classifier's `profile`.

    `workers` processes read. With `million` a store with a million customers is held
    against an empty one at the end. With `against_stock`, a stock Rasa bot gets the
    same messages afterwards.

    Returns 1 if customers did not receive what the outcomes say. A target that is
    missed is printed, and no error: machines differ.
    """
    console, progress = Console(), Console(stderr=True)
    if not console.is_terminal:  # in a file the tables are whole, however wide
        console = Console(width=WIDTH)
    used = profile or profile_in(settings.project)
    model = current_model(settings) if profile is None else _model(settings, profile)
    progress.print(f"the classifier's profile: {used}")
    writer = Writer.of_project(settings.project, seed=SEED)
    settings.var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.var, prefix="bench-") as folder:

        def opened(name: str) -> AbstractAsyncContextManager[Rig]:
            own = Path(folder) / name
            own.mkdir()
            processes = processes_with(workers)
            return open_rig(settings, folder=own, model=model, processes=processes)

        async with opened("course") as rig:
            size = QUICK if quick else FULL
            course = await run_course(rig, writer, size, progress.print)
        crowd = await _crowd(opened, writer, progress) if million else None
        progress.print("one customer's messages, one after another")
        aging = await measure_aging(
            settings,
            Path(folder) / "aging",
            model,
            writer,
            messages=size.aging,
            edge=size.aging_edge,
        )
    if picture is not None:
        plot(course.levels, course.flood.throughput, picture)
        progress.print(f"The plot is {picture}.")
    stock = await _stock(settings, quick, progress) if against_stock else None
    for table in tables(
        course, checks_of(course, aging, crowd, stock, profile=used), stock
    ):
        console.print(table)
    runs = [*course.runs, *(crowd.runs if crowd else ())]
    return _verdict(runs, console)


async def _crowd(
    opened: Callable[[str], AbstractAsyncContextManager[Rig]],
    writer: Writer,
    progress: Console,
) -> Crowd:
    async with opened("empty") as empty, opened("full") as full:
        return await measure_crowd(empty, full, writer, progress.print)


def _model(settings: Settings, profile: str) -> Path:
    """Return the model of the project with another profile; train it if need be."""
    with tempfile.TemporaryDirectory(dir=settings.var, prefix="bench-") as folder:
        write_copy(settings.project, Path(folder), profile=profile)
        return current_model(replace(settings, project=Path(folder)))


async def _stock(settings: Settings, quick: bool, progress: Console) -> Stock:
    """Let the stock bot have the first of the flood's messages."""
    from bot.bench.stock import measure_stock

    writer = Writer.of_project(settings.project, seed=SEED)
    texts = [writer.message() for _ in range(STOCK_QUICK if quick else STOCK_FULL)]
    folder = settings.var / "stock"
    return await measure_stock(settings.project, folder, texts, progress.print)


def _verdict(runs: Sequence[Run], console: Console) -> int:
    """Say what was wrong; return the exit code."""
    for run in runs:
        for problem in run.verdict.problems:
            console.print(f"[bold red]{run.name}:[/] {problem}")
    if not all(run.right for run in runs):
        return 1
    console.print("Every reply that the outcomes tell of arrived, exactly once.")
    return 0
