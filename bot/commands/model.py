"""`firstline model …`: which model reads, on every machine, and how one goes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.model_shown import (
    print_diff,
    print_judgement,
    print_standing,
    print_uptake,
    rows,
    table,
)
from bot.errors import InputError
from bot.flow.model_travel import fetch
from bot.flow.promotion import Promotion
from bot.model.trained import ModelName, Part, TrainedModel
from bot.nlu.model_diff import model_diff
from bot.nlu.shelf import ModelShelf
from bot.open_models import live_note, open_promotion, open_shelf
from bot.open_store import open_store
from bot.settings import Settings
from bot.store.models import RedisModels
from bot.store.shadow import RedisShadowTally
from bot.store.whole import Store


@dataclass(frozen=True, slots=True)
class Opened:
    """What the commands need of the store and this machine."""

    promotion: Promotion
    shelf: ModelShelf
    shared: RedisModels
    tally: RedisShadowTally

    async def named(self, written: str) -> TrainedModel:
        """Return the one model whose name begins so.

        Raises:
            InputError: there is none, or several.
        """
        models = await self.promotion.models()
        found = [m for m in models if m.name.startswith((written, f"model-{written}"))]
        if len(found) == 1:
            return found[0]
        if not found:
            raise InputError(
                f"No model is called {written}: see `firstline model list`"
            )
        names = ", ".join(model.name for model in found)
        raise InputError(f"{written} begins the names of several models: {names}")


@asynccontextmanager
async def open_models(settings: Settings) -> AsyncIterator[Opened]:
    """Open the store for a command."""
    async with open_store(settings) as store:
        promotion = open_promotion(settings, store, SystemClock())
        yield opened_with(settings, store, promotion)


def opened_with(settings: Settings, store: Store, promotion: Promotion) -> Opened:
    """Return the same of a store that is open already."""
    return Opened(promotion, open_shelf(settings), store.models, store.shadow)


async def list_models(settings: Settings, *, as_json: bool) -> int:
    """Print the models of this machine and those in use, and who reads with which."""
    async with open_models(settings) as opened:
        models = await opened.promotion.models()
        standing = await opened.promotion.standing()
        uptake = await opened.promotion.uptake()
        back = await opened.promotion.way_back()
    console = Console()
    if as_json:
        console.print_json(data=rows(models, standing))
        return 0
    console.print(table(models, standing))
    print_standing(console, standing, back)
    if standing.live:
        print_uptake(console, uptake)
    return 1 if uptake.refused else 0


async def diff(settings: Settings, one: str, other: str | None) -> int:
    """Print what the second model brings beside the first, one beside the live model."""
    async with open_models(settings) as opened:
        before, after = (one, other) if other else (await _live(opened), one)
        first, second = await opened.named(before), await opened.named(after)
        if first.name == second.name:
            raise InputError(f"{first.name} is one model: name another beside it.")
        for model in (first, second):
            if opened.shelf.model(model.name) is None:
                await fetch(model, opened.shelf, opened.shared)
            await opened.promotion.bring_report(model)
    found = await asyncio.to_thread(model_diff, first, second, opened.shelf)
    console = Console()
    console.print(f"From {first.name} to {second.name}:")
    print_diff(console, found)
    for model in (first, second):
        page = opened.shelf.path(model.name, Part.PAGE)
        print_judgement(console, model, page if page.is_file() else None)
    return 0


async def _live(opened: Opened) -> ModelName:
    live = (await opened.promotion.standing()).live
    if live is None:
        raise InputError("No model is live yet: name two models to compare.")
    return live.model


async def promote(
    settings: Settings, name: str, *, by: str, why: str, without_report: bool = False
) -> int:
    """Put a model live and wait until all who live read with it; 1 if not all do."""
    async with open_models(settings) as opened:
        model = await opened.named(name)
        done = await opened.promotion.promote(
            model.name, by=by, why=why, without_report=without_report
        )
        if not done:
            Console().print(f"{model.name} is live already.")
        return await _told(settings, opened, model.name)


async def roll_back(settings: Settings, *, by: str, why: str) -> int:
    """Put the model live that was so before; 1 if not all who live read with it."""
    async with open_models(settings) as opened:
        name = await opened.promotion.roll_back(by=by, why=why)
        return await _told(settings, opened, name)


async def stop_shadow(settings: Settings, *, by: str) -> int:
    """Let no model read beside the live one any more."""
    async with open_models(settings) as opened:
        stopped = await opened.promotion.shadow(None, by=by)
    Console().print(
        "No model reads beside the live one any more." if stopped else "None did."
    )
    return 0


async def _told(settings: Settings, opened: Opened, name: ModelName) -> int:
    console = Console()
    live_note(settings).write(await opened.promotion.standing())
    console.print(f"{name} is live.")
    uptake = await opened.promotion.until_taken()
    print_uptake(console, uptake)
    return 1 if uptake.refused or uptake.waiting else 0
