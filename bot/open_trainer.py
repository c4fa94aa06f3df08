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
from bot.flow.loop import keep_stepping
from bot.model.trained import ModelName, Part, TrainedModel
from bot.nlu.aside import IDLE, Aside
from bot.nlu.shelf import ModelShelf
from bot.nlu.spreading import Spreading
from bot.open_corpus import open_corpus
from bot.open_models import open_shelf
from bot.open_taking_back import open_deleted_words
from bot.program import Program
from bot.web.trainer.job import Command, Job
from bot.web.trainer.parts import Parts

LOOK_S: Final = 5.0  # between two looks whether anybody still asks the model


@asynccontextmanager
async def open_trainer(
    program: Program, *, idle: timedelta = IDLE
) -> AsyncIterator[Parts]:
    """Open the parts of the trainer's page; what they started ends with them.

    Nothing is started before somebody opens the page, and of the data the log of
    changes alone is read: what customers deleted is taken back whoever looks. `idle` is
    for how long the model that reads along outlives the last question.
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
    spreading = Spreading(log=program.log)
    training = _job(program, "training", _train)
    shadowing = _job(program, "shadowing", _read_along)
    deleted = open_deleted_words(
        settings, program.store, opened.corpus, clock=program.clock, log=program.log
    )
    over = asyncio.Event()
    taking = asyncio.create_task(
        keep_stepping(
            "deleted_words", deleted.step, stop=over, log=program.log, rarely=True
        )
    )
    ending = asyncio.create_task(_end_when_idle(aside, opened.forget))
    try:
        yield Parts(
            corpus=opened.corpus,
            examples=opened.examples,
            answers=opened.answers,
            reviews=program.review_queue,
            reader=aside,
            spread=spreading.spread,
            alone=lambda: deleted.alone,
            promotion=program.promotion,
            training=training,
            shadowing=shadowing,
            tally=program.store.shadow,
            present=lambda: asyncio.to_thread(shelf.present),
            report=lambda model: _report(program, shelf, model),
            current_policy=lambda: program.policy,
            clock=program.clock,
            log=program.log,
        )
    finally:
        over.set()
        ending.cancel()
        with suppress(asyncio.CancelledError):  # it was told to
            await ending
        await asyncio.gather(training.close(), shadowing.close(), aside.close())
        await asyncio.gather(spreading.close(), taking)


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


async def _report(
    program: Program, shelf: ModelShelf, model: TrainedModel
) -> Path | None:
    """Return the page of the gate's report, which may come from another machine."""
    if model.judgement is None or not model.judgement.report:
        return None
    if not await program.promotion.bring_report(model) and model.report:
        return None
    path = shelf.path(model.name, Part.PAGE)
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
