"""`firstline run`: everything in one process, with its page."""

from __future__ import annotations

import asyncio
import signal

from rich.console import Console

from bot.app import Firstline, open_firstline
from bot.commands.train import current_model
from bot.nlu.data import load_examples
from bot.settings import Settings
from bot.web.app import create_app
from bot.web.serve import serve


async def run(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM; what is in hand is finished first."""
    console = Console(stderr=True)
    model = current_model(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with open_firstline(settings, model=model) as firstline:
        console.print(
            f"\n  {firstline.policy.brand}'s first line is at "
            f"[bold]http://{settings.host}:{settings.port}[/]   (Ctrl-C stops it)\n"
        )
        await run_until(stop, firstline, model_name=model.name.split(".")[0])
    console.print("Stopped. Nothing is lost; the next run continues from here.")
    return 0


async def run_until(
    stop: asyncio.Event, firstline: Firstline, *, model_name: str
) -> None:
    """Run loops and page until `stop`; if the page ends early, so does the rest.

    Raises:
        ConfigError: the port cannot be had.
    """
    settings, store = firstline.settings, firstline.store
    examples = load_examples(settings.project / "data" / "nlu")
    page = create_app(
        network=firstline.simulator.network,
        desk=firstline.desk,
        work=firstline.relay,
        cases=store.cases,
        events=store.events,
        policy=firstline.policy,
        labels=sorted({example.label for example in examples}),
        model_name=model_name,
        address=(settings.host, settings.port),
        log=firstline.log,
    )

    async def serving() -> None:
        try:
            await serve(page, settings.host, settings.port, stop)
        finally:
            stop.set()

    await asyncio.gather(serving(), firstline.run(stop))
