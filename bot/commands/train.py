"""`firstline nlu train`, and the model that every other command asks for."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bot.clock import SystemClock
from bot.flow.model_watch import PROGRAM
from bot.nlu.shelf import name_of
from bot.nlu.training import train as train_model
from bot.open_models import live_note, open_shelf
from bot.open_training import held_for_training
from bot.settings import Settings


def current_model(settings: Settings, *, by: str = PROGRAM) -> Path:
    """Return the model of the files as they are; train it first if they changed."""
    shelf = open_shelf(settings)
    console = Console(stderr=True)
    shelf.spare(live_note(settings).kept())
    with console.status("looking at the model") as status:

        def progress(line: str) -> None:
            status.update(escape(line))
            console.print(escape(line), soft_wrap=True)

        if shelf.path(shelf.present()).is_file():
            return _noted(settings, by, progress)
        with held_for_training(settings, by=by, tell=progress) as held:
            return _noted(held.settings, by, progress)


def _noted(settings: Settings, by: str, progress: Callable[[str], None]) -> Path:
    path = train_model(settings.project, settings.models, progress)
    open_shelf(settings).note(name_of(path), by=by, why="", at=SystemClock().now())
    return path


def train(settings: Settings) -> int:
    """Train if needed and print where the model is."""
    path = current_model(settings, by=getpass.getuser())
    Console().print(f"The current model is {path.name}.")
    return 0
