"""The worker's own process: the only one that loads Rasa."""

from __future__ import annotations

import signal
from pathlib import Path

from rich.console import Console

from bot.app import open_program
from bot.commands.run import stop_at_signals
from bot.commands.train import current_model
from bot.flow.loop import run_together
from bot.log import json_log
from bot.nlu.engine import load_model
from bot.open_crew import open_crew
from bot.roles import Role
from bot.settings import Settings
from bot.starting import model_to_start_with, note_trained
from bot.supervisor import end_with_parent

HANDS = 2  # batches at a time: while one waits for the store, the other is read


async def work(settings: Settings, *, model: Path | None) -> int:
    """Read, decide and commit until SIGTERM; the batch in hand is finished first.

    Args:
        settings: where things are.
        model: given to the children of `firstline run`, which end with it. None
            means a worker on its own, which finds by itself what to begin with.

    Raises:
        ConfigError: the project's files have mistakes.
        ModelError: the model cannot be used.
    """
    if model is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    # A signal meanwhile ends the process at once: there is nothing in hand yet.
    loaded = load_model(
        model or await _own_start(settings), config=settings.project / "config.yml"
    )
    stop = stop_at_signals()
    if model is not None:
        end_with_parent(stop)
    async with open_program(settings) as program:
        with open_crew(program, loaded, count=HANDS) as crew:
            loops = program.loops(
                stop, roles={Role.WORKER}, workers=crew.workers, models=crew.models
            )
            await run_together(loops, stop=stop, log=json_log)
    return 0


async def _own_start(settings: Settings) -> Path:
    start = await model_to_start_with(settings)
    if start.told:
        Console(stderr=True).print(start.told, soft_wrap=True)
    if not start.model.is_file():
        current_model(settings)
    await note_trained(settings, start.model)
    return start.model
