"""The worker's own process: the only one that loads Rasa."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from bot.app import open_program, open_workers
from bot.commands.run import stop_at_signals
from bot.commands.train import current_model
from bot.flow.loop import run_together
from bot.log import json_log
from bot.nlu.engine import load_model
from bot.roles import Role
from bot.settings import Settings
from bot.supervisor import end_with_parent

SWITCH_S = 0.001  # Python's own is 5 ms, for each of the many waits of one step
HANDS = 2  # batches at a time: while one waits for the store, the other is read


async def work(settings: Settings, *, model: Path | None) -> int:
    """Read, decide and commit until SIGTERM; the batch in hand is finished first.

    Args:
        settings: where things are.
        model: given to the children of `firstline run`, which end with it. None
            means a worker on its own, with the current model.

    Raises:
        ConfigError: the project's files have mistakes.
        ModelError: the model cannot be used.
    """
    # Reading holds Python's lock; the event loop gets it back after this time.
    sys.setswitchinterval(SWITCH_S)
    if model is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    # A signal meanwhile ends the process at once: there is nothing in hand yet.
    loaded = load_model(
        model or current_model(settings), config=settings.project / "config.yml"
    )
    stop = stop_at_signals()
    if model is not None:
        end_with_parent(stop)
    async with open_program(settings) as program:
        with open_workers(program, loaded, count=HANDS) as workers:
            loops = program.loops(stop, roles={Role.WORKER}, workers=workers)
            await run_together(loops, stop=stop, log=json_log)
    return 0
