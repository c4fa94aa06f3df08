"""`firstline model shadow`: a model reads beside the live one, until it is told to stop."""

from __future__ import annotations

import asyncio
import os

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app import open_program
from bot.commands.model import open_models
from bot.commands.run import stop_at_signals
from bot.errors import ModelError
from bot.flow.loop import Step, keep_stepping, run_together
from bot.flow.model_watch import fetch
from bot.flow.review_adding import ReviewAdding
from bot.flow.shadow import ShadowReader
from bot.log import json_log
from bot.model.shadow import ShadowRun, Tally
from bot.model.trained import ModelName, TrainedModel
from bot.nlu.engine import RasaEngine, load_model
from bot.nlu.shelf import ModelShelf
from bot.open_models import open_shelf
from bot.program import Program
from bot.settings import Settings
from bot.store.models import RedisModels

NICE = 10  # whoever waits for an answer goes first
SHOWN = 20  # pairs of labels


async def shadow(settings: Settings, name: str, *, by: str) -> int:
    """Read beside the live model until Ctrl-C, or until somebody says so.

    Raises:
        InputError, ModelError: the model cannot be used for that.
    """
    async with open_models(settings) as opened:
        model = await opened.named(name)
        await opened.promotion.shadow(model.name, by=by)
    os.nice(NICE)
    stop = stop_at_signals()
    async with open_program(settings) as program:
        shelf, shared = open_shelf(settings), program.store.models
        await _brought_here(model, shelf, shared)
        loaded = await asyncio.to_thread(
            load_model,
            shelf.path(model.name),
            config=settings.project / "config.yml",
        )
        engine = RasaEngine(loaded)
        Console().print(f"{model.name} reads beside the live model. Ctrl-C ends that.")
        try:
            step = _step(program, model.name, engine, stop)
            looping = keep_stepping(
                "shadow", step, stop=stop, log=json_log, rarely=True
            )
            await run_together([looping], stop=stop, log=json_log)
        finally:
            engine.close()
        if (await shared.standing()).shadow == model.name:
            await shared.shadow(None, by=by, now=program.clock.now())
    return await report(settings, model.name)


def _step(
    program: Program, model: ModelName, engine: RasaEngine, stop: asyncio.Event
) -> Step:
    """Return what is done again and again; a new live model begins a new comparison."""
    store, reader, epoch = program.store, None, -1

    async def step() -> int:
        nonlocal reader, epoch
        standing = await store.models.standing()
        if standing.shadow != model:
            stop.set()
            return 0
        if reader is None or standing.epoch != epoch:
            epoch = standing.epoch
            reader = ShadowReader(
                ShadowRun(model, epoch),
                engine,
                events=store.events,
                tally=store.shadow,
                reviews=store.reviews,
                adding=ReviewAdding(store.reviews, store.cases, program.channels),
                policy=program.policy,
                clock=program.clock,
                log=program.log,
            )
        return await reader.step()

    return step


async def _brought_here(
    model: TrainedModel, shelf: ModelShelf, shared: RedisModels
) -> None:
    if not await asyncio.to_thread(shelf.holds, model):
        known = await shared.model(model.name)
        if known is None:
            raise ModelError(f"{model.name} is nowhere any more")
        await fetch(known, shelf, shared)


async def report(settings: Settings, name: str | None) -> int:
    """Print where the shadow, or the model `name` in the latest run, reads otherwise."""
    console = Console()
    async with open_models(settings) as opened:
        standing = await opened.promotion.standing()
        model = (await opened.named(name)).name if name else standing.shadow
        if model is None:
            console.print(
                "No model reads beside the live one: `firstline model shadow`."
            )
            return 1
        run = ShadowRun(model, standing.epoch)
        tally = await opened.tally.tally(run)
    live = standing.live.model if standing.live else "no model"
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
