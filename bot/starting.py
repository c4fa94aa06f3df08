"""With which model a start begins: the live one, or that of the present files."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.clock import SystemClock
from bot.errors import ModelError
from bot.flow.model_travel import fetch, fetch_report
from bot.flow.model_watch import PROGRAM
from bot.model.trained import ModelName
from bot.nlu.shelf import ModelShelf, name_of
from bot.open_models import carries, live_note, open_shelf
from bot.open_store import open_store
from bot.settings import Settings

MADE_BY_START = "trained for the files that a start found"


@dataclass(frozen=True, slots=True)
class Start:
    """The model file to begin with; it is to be trained first if it is not there.

    `told` is a line for people, "" if all is as it was.
    """

    model: Path
    told: str = ""


async def model_to_start_with(settings: Settings) -> Start:
    """Choose the live model, or that of the present files where there is none to use.

    The model that is live stays so when files are edited: what was judged reads.

    Raises:
        ConfigError: a file of the project cannot be read.
        StoreUnavailable: a store that is shared by machines cannot be asked.
    """
    shelf = open_shelf(settings)
    present = await asyncio.to_thread(shelf.present)
    live = await live_model(settings, shelf)
    if live is None or live == present:
        return Start(shelf.path(present))
    refusal = await asyncio.to_thread(why_not, live, shelf)
    if refusal:
        told = f"The live model {live} cannot be used: {refusal}. "
        return Start(shelf.path(present), told + f"{present} is made live instead.")
    return Start(
        shelf.path(live),
        f"{live} is live; the files have changed since: `firstline train` makes a model "
        "of them, and says whether it is better.",
    )


async def note_trained(settings: Settings, model: Path) -> None:
    """Give a model of the present files its manifest, if it has none."""
    note, at = open_shelf(settings).note, SystemClock().now()
    await asyncio.to_thread(note, name_of(model), by=PROGRAM, why=MADE_BY_START, at=at)


async def live_model(settings: Settings, shelf: ModelShelf) -> ModelName | None:
    """Return the live model; where machines share a store, it is brought here first."""
    if not carries(settings):
        return live_note(settings).live()
    async with open_store(settings) as store:
        standing = await store.models.standing()
        if standing.live is None:
            return None
        name = standing.live.model
        model = await store.models.model(name)
        if model is not None:
            with suppress(ModelError):  # whoever asks what is wrong with it finds out
                await fetch(model, shelf, store.models)
                await fetch_report(model, shelf, store.models)
        return name


def why_not(name: ModelName, shelf: ModelShelf) -> str:
    """Say why a model cannot be used by this program; "" if it can."""
    model = shelf.model(name)
    if model is None:
        return "it is not on this machine any more"
    foreign = model.origin.foreign_to(shelf.here())
    return f"it was made by another version ({', '.join(foreign)})" if foreign else ""
