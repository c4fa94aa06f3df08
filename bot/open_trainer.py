"""Put together what the trainer's page stands on."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.errors import ModelError
from bot.model.trained import ModelName, TrainedModel
from bot.nlu.aside import IDLE, Aside
from bot.nlu.shelf import ModelShelf
from bot.open_corpus import open_corpus
from bot.open_models import open_shelf
from bot.program import Program
from bot.web.trainer.job import Command, Job
from bot.web.trainer.parts import Parts

LOOK_S: Final = 5.0  # between two looks whether anybody still asks the model


@asynccontextmanager
async def open_trainer(
    program: Program, *, idle: timedelta = IDLE
) -> AsyncIterator[Parts]:
    """Open the parts of the trainer's page; what they started ends with them.

    Nothing is read or started before somebody opens the page. `idle` is for how long
    the model that reads along outlives the last question.
    """
    settings, shelf = program.settings, open_shelf(program.settings)
    opened = open_corpus(settings, lambda: program.policy)
    aside = Aside(
        lambda: _live(program, shelf),
        config=settings.project / "config.yml",
        clock=program.clock,
        log=program.log,
        idle=idle,
    )
    training = _job(program, "training", _train)
    shadowing = _job(program, "shadowing", _read_along)
    ending = asyncio.create_task(_end_when_idle(aside, opened.forget))
    try:
        yield Parts(
            corpus=opened.corpus,
            examples=opened.examples,
            answers=opened.answers,
            reviews=program.review_queue,
            reader=aside,
            promotion=program.promotion,
            training=training,
            shadowing=shadowing,
            tally=program.store.shadow,
            present=lambda: asyncio.to_thread(shelf.present),
            report=lambda model: _report(settings.models, model),
            current_policy=lambda: program.policy,
            clock=program.clock,
            log=program.log,
        )
    finally:
        ending.cancel()
        with suppress(asyncio.CancelledError):  # it was told to
            await ending
        await asyncio.gather(training.close(), shadowing.close(), aside.close())


async def _live(program: Program, shelf: ModelShelf) -> Path:
    """Return the live model's file, or that of the present files where none is live.

    Raises:
        ModelError: neither is on this machine.
    """
    live = (await program.store.models.standing()).live
    names: list[ModelName] = [live.model] if live else []
    names.append(await asyncio.to_thread(shelf.present))
    for path in map(shelf.path, names):
        if path.is_file():
            return path
    raise ModelError(
        "The live model is not on this machine. Run `firstline train` here, then try again."
    )


def _job(program: Program, kind: str, command: Command) -> Job:
    """Return what runs `command` with this code, these files and this store."""
    return Job(
        kind,
        command,
        folder=program.settings.project,
        env={
            "FIRSTLINE_VAR": str(program.settings.var.resolve()),
            "FIRSTLINE_REDIS_URL": program.store.address,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        clock=program.clock,
        log=program.log,
    )


def _train(by: str, why: str) -> Sequence[str]:
    return (sys.executable, "-m", "bot", "train", "--by", by, "--why", why)


def _read_along(by: str, model: str) -> Sequence[str]:
    return (sys.executable, "-m", "bot", "model", "shadow", model, "--by", by)


def _report(models: Path, model: TrainedModel) -> Path | None:
    if model.judgement is None or not model.judgement.report:
        return None
    path = models / Path(model.judgement.report).name
    return path if path.is_file() else None


async def _end_when_idle(aside: Aside, forget: Callable[[], None]) -> None:
    """End the model once nobody asks it, and give back what the examples take."""
    awake = False
    while True:
        await asyncio.sleep(LOOK_S)
        await aside.step()
        if awake and not aside.awake:
            await asyncio.to_thread(forget)
        awake = aside.awake
