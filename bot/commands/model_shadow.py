"""`firstline model shadow`: a model reads beside the live one, until it is told to stop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app import open_program
from bot.commands.model import Opened, open_models, opened_with
from bot.commands.run import stop_at_signals
from bot.errors import ModelError
from bot.flow.loop import keep_stepping, run_together
from bot.flow.model_travel import fetch
from bot.flow.review_adding import ReviewAdding
from bot.flow.shadow import ShadowLease, ShadowReader, ShadowWatch
from bot.log import json_log
from bot.model.shadow import ShadowRun, Tally
from bot.model.trained import ModelName
from bot.nlu.engine import RasaEngine, load_model
from bot.nlu.shelf import name_of
from bot.program import Program
from bot.settings import Settings

NICE = 10  # whoever waits for an answer goes first
SILENT = (
    "{} was to read beside the live model, but its process has ended without a word: "
    "`firstline model shadow` goes on."
)
SHOWN = 20  # pairs of labels


async def shadow(settings: Settings, name: str, *, by: str) -> int:
    """Read beside the live model until Ctrl-C, or until somebody says so.

    Raises:
        InputError, ModelError: the model cannot be used for that.
    """
    stop = stop_at_signals()
    async with open_program(settings) as program:
        opened = opened_with(settings, program.store, program.promotion)
        model = await opened.named(name)
        await opened.promotion.shadow(model.name, by=by)
        os.nice(NICE)
        try:
            async with _leased(model.name, program):
                path = await _brought_here(model.name, opened)
                await _read(settings, program, path, stop)
        finally:
            standing = await opened.promotion.standing()
            if standing.asked_to_shadow == model.name:
                await opened.promotion.shadow(None, by=by)
    return await report(settings, model.name)


@asynccontextmanager
async def _leased(name: ModelName, program: Program) -> AsyncIterator[None]:
    """Let others know that this process lives, also while it loads the model."""
    ended, lease = asyncio.Event(), ShadowLease(name, program.promotion, program.clock)
    renewing = asyncio.create_task(
        keep_stepping("lease", lease.step, stop=ended, log=json_log, rarely=True)
    )
    try:
        yield
    finally:
        ended.set()
        await renewing


async def _read(
    settings: Settings, program: Program, path: Path, stop: asyncio.Event
) -> None:
    """Load the model and let it read until `stop` is set."""
    loaded = await asyncio.to_thread(
        load_model, path, config=settings.project / "config.yml"
    )
    engine, name = RasaEngine(loaded), name_of(path)
    Console().print(f"{name} reads beside the live model. Ctrl-C ends that.")
    watch = ShadowWatch(
        name,
        program.promotion,
        lambda run: program.following(_reader(run, engine, program)),
        over=stop,
    )
    steps = {"shadow": watch.step, "policy": program.policies.step}
    loops = [
        keep_stepping(each, step, stop=stop, log=json_log, rarely=True)
        for each, step in steps.items()
    ]
    try:
        await run_together(loops, stop=stop, log=json_log)
    finally:
        engine.close()


def _reader(run: ShadowRun, engine: RasaEngine, program: Program) -> ShadowReader:
    store = program.store
    return ShadowReader(
        run,
        engine,
        events=store.events,
        tally=store.shadow,
        reviews=store.reviews,
        adding=ReviewAdding(store.reviews, store.cases, program.channels),
        policy=program.policy,
        clock=program.clock,
        log=program.log,
    )


async def _brought_here(name: ModelName, opened: Opened) -> Path:
    """Return the model's file, which the store brings if it is not on this machine."""
    model = await opened.shared.model(name)
    if model is None:
        raise ModelError(f"{name} is nowhere any more")
    await fetch(model, opened.shelf, opened.shared)
    return opened.shelf.path(name)


async def report(settings: Settings, name: str | None) -> int:
    """Print where the shadow, or the model `name` in the latest run, reads otherwise."""
    console = Console()
    async with open_models(settings) as opened:
        standing = await opened.promotion.standing()
        model = (await opened.named(name)).name if name else standing.asked_to_shadow
        if model is None:
            console.print(
                "No model reads beside the live one: `firstline model shadow`."
            )
            return 1
        run = ShadowRun(model, standing.epoch)
        tally = await opened.tally.tally(run)
    live = standing.live.model if standing.live else "no model"
    if model == standing.silent:
        console.print(SILENT.format(model))
    _print(console, tally, live=live, shadow=model)
    return 0


def _print(console: Console, tally: Tally, *, live: str, shadow: str) -> None:
    if live == shadow:
        console.print(f"{shadow} is live now: there is nothing to compare.")
        return
    if not tally.read:
        console.print(f"{shadow} has read nothing yet beside {live}.")
        return
    console.print(
        f"{shadow} and {live} have read {tally.read:,} messages and agree on "
        f"{tally.agreement:.1%}."
    )
    if not tally.differing:
        return
    console.print("What they read differently is in the review queue:")
    table = Table(live, shadow, "Messages")
    for pair, count in list(tally.differing.items())[:SHOWN]:
        table.add_row(escape(pair.live), escape(pair.shadow), f"{count:,}")
    console.print(table)
    if len(tally.differing) > SHOWN:
        console.print(f"… and {len(tally.differing) - SHOWN} more pairs")
