"""`firstline run`: everything in one process, with its page."""

from __future__ import annotations

import asyncio
import signal

from rich.console import Console

from bot.app import open_firstline
from bot.commands.train import current_model
from bot.settings import Settings


async def run(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM; what is in hand is finished first."""
    console = Console(stderr=True)
    model = current_model(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    with console.status("starting"):
        async with open_firstline(settings, model=model) as firstline:
            await _serve(firstline, model.stem, stop, console)
    console.print("Stopped. Nothing was lost; `make run` continues where it was.")
    return 0
