"""`firstline nlu train`, and the model that every other command asks for."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bot.nlu.training import train as train_model
from bot.open_models import live_note, open_shelf
from bot.settings import Settings


def current_model(settings: Settings) -> Path:
    """Return the model of the files as they are; train it first if they changed."""
    console = Console(stderr=True)
    open_shelf(settings).spare(live_note(settings).kept())
    with console.status("looking at the model") as status:

        def progress(line: str) -> None:
            status.update(line)
            console.print(line)

        return train_model(settings.project, settings.models, progress)


def train(settings: Settings) -> int:
    """Train if needed and print where the model is."""
    path = current_model(settings)
    Console().print(f"The current model is {path.name}.")
    return 0
