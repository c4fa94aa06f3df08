"""Waiting for what another task or process is about to do."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable

import pytest

# No promise of speed: a busy machine takes its time, and after an outage a lease of
# half a minute may have to run out. Only what never comes is an error.
PATIENCE_S = 180.0


async def until(
    condition: Callable[[], object],
    *,
    seconds: float = PATIENCE_S,
    every_s: float = 0.02,
    told: Callable[[], object] = lambda: "",
) -> None:
    """Wait until `condition()` holds, which may have to be awaited; say `told()` if not.

    It is asked again and again, `every_s` after its answer.
    """
    end = time.monotonic() + seconds
    while not (await held if inspect.isawaitable(held := condition()) else held):
        if time.monotonic() > end:
            pytest.fail(f"it did not happen in {seconds:.0f} s. {told()}")
        await asyncio.sleep(every_s)
