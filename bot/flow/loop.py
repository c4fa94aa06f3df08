"""Keeps a step going: through outages, through defects, until it is told to stop."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.errors import TemporaryFailure
from bot.log import Log

IDLE_S = 0.05  # pause after a step that found nothing to do
OUTAGE_S = 1.0  # pause after something that may pass
DEFECT_S = 5.0  # pause after what ought not to happen


async def keep_stepping(
    name: str, step: Callable[[], Awaitable[int]], *, stop: asyncio.Event, log: Log
) -> None:
    """Call `step` until `stop` is set; it returns how much it did.

    An outage is logged once when it begins and once when it ends. Real time, not
    the flow's clock: a loop must also wait while a clock stands still.
    """
    away = False
    while not stop.is_set():
        try:
            done = await step()
        except TemporaryFailure as error:
            if not away:
                log("outage_began", loop=name, cause=str(error))
            away = True
            await _pause(stop, OUTAGE_S)
            continue
        except Exception as error:  # noqa: BLE001 - the loop outlives a defect, loudly
            log(
                "step_failed",
                loop=name,
                error=type(error).__name__,
                where=place_of(error),
            )
            await _pause(stop, DEFECT_S)
            continue
        if away:
            log("outage_ended", loop=name)
            away = False
        if not done:
            await _pause(stop, IDLE_S)


def place_of(error: BaseException) -> str:
    """Return the file and line that raised. Never the message: it may hold texts."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return "".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in last)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), timeout=seconds)
    except asyncio.TimeoutError:
        return
