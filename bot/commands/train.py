"""`firstline nlu train`, and the model that every other command asks for."""

from __future__ import annotations

import getpass
from pathlib import Path

from rich.console import Console

from bot.clock import SystemClock
from bot.flow.model_watch import PROGRAM
from bot.nlu.shelf import name_of
from bot.nlu.training import train as train_model
from bot.open_models import live_note, open_shelf
from bot.settings import Settings


def current_model(settings: Settings, *, by: str = PROGRAM) -> Path:
    """Return the model of the files as they are; train it first if they changed."""
    shelf = open_shelf(settings)
    console = Console(stderr=True)
    shelf.spare(live_note(settings).kept())
    with console.status("looking at the model") as status:

        def progress(line: str) -> None:
            status.update(line)
            console.print(line)

        path = train_model(settings.project, settings.models, progress)
        shelf.note(name_of(path), by=by, why="", at=SystemClock().now())
        return path


def train(settings: Settings) -> int:
    """Train if needed and print where the model is."""
    path = current_model(settings, by=getpass.getuser())
    Console().print(f"The current model is {path.name}.")
    return 0
