"""The channels, put together from the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.channels.simulator import SimulatorChannel
from bot.clock import Clock
from bot.ports.files import Files
from bot.settings import Settings


@contextmanager
def open_simulator(
    settings: Settings, folder: Path, *, handle: str, clock: Clock, files: Files | None
) -> Iterator[SimulatorChannel]:
    """Open the simulated network in `folder`, on which the brand is `handle`.

    From `files` comes what agents attach to their replies.
    """
    simulator = SimulatorChannel(
        folder / "simulator.db",
        brand_handle=handle,
        clock=clock,
        page=f"http://{settings.host}:{settings.port}",
        files=files,
    )
    try:
        yield simulator
    finally:
        simulator.network.close()
