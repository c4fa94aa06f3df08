"""Keeps steps going: through outages, through defects, until they are told to stop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Sequence

from bot.errors import TemporaryFailure
from bot.log import Log, place_of
from bot.ports import Bell

Step = Callable[[], Awaitable[int]]

# The pause after a step that found nothing to do: short after work, since more comes
# most likely soon, and twice as long after each further such step.
FIRST_IDLE_S = 0.004
IDLE_S = 0.064
# With a bell that works, for what it does not tell or a ring that was lost; and for
# what nobody waits for at a screen.
FIRST_RARE_S = 0.032
RARE_S = 0.256
OUTAGE_S = 1.0  # pause after something that may pass
DEFECT_S = 5.0  # pause after what ought not to happen
GARBAGE_AFTER = 20_000  # new objects, instead of 700
GRACE_S = 6.0  # for what is in hand at the end; the rest of the stop takes its time too


def keep_what_is_loaded() -> None:
    """Spare the garbage collector what a process has loaded when its work begins.

    It stays for good, and would be walked through again and again. Afterwards it looks
    less often than by itself: a batch makes tens of thousands of objects, of which
    hardly any is part of a cycle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, *gc.get_threshold()[1:])


class Outages:
    """Which loops wait at the moment, and for what."""

    def __init__(self) -> None:
        self._causes: dict[str, str] = {}

    def begin(self, loop: str, cause: str) -> bool:
        """Note an outage; tell whether it is new."""
        new = loop not in self._causes
        self._causes[loop] = cause
        return new

    def end(self, loop: str) -> bool:
        """Forget an outage; tell whether there was one."""
        return self._causes.pop(loop, None) is not None

    def now(self) -> tuple[str, ...]:
        """Return a line for each loop that waits."""
        return tuple(f"{loop}: {cause}" for loop, cause in self._causes.items())


async def keep_stepping(
    name: str,
    step: Step,
    *,
    stop: asyncio.Event,
    log: Log,
    outages: Outages | None = None,
    bell: Bell | None = None,
    rarely: bool = False,
) -> None:
    """Call `step` until `stop` is set; it returns how much it did.

    Where it does nothing it is called less and less often. `bell` ends such a pause;
    `rarely` is for steps that need not be quick.

    An outage is logged once when it begins and once when it ends. Real time, not
    the flow's clock: a loop must also wait while a clock stands still.
    """
    outages, idle_s = outages or Outages(), 0.0
    while not stop.is_set():
        try:
            done = await step()
        except TemporaryFailure as error:
            if outages.begin(name, str(error)):
                log("outage_began", loop=name, cause=str(error))
            await pause(stop, OUTAGE_S)
            continue
        except Exception as error:  # noqa: BLE001 - the loop outlives a defect, loudly
            log(
                "step_failed",
                loop=name,
                error=type(error).__name__,
                where=place_of(error),
            )
            await pause(stop, DEFECT_S)
            continue
        if outages.end(name):
            log("outage_ended", loop=name)
        if done:
            idle_s = 0.0
        elif bell is not None and bell.works:
            idle_s = min(2 * idle_s or FIRST_RARE_S, RARE_S)
            await bell.wait(idle_s)
        else:
            idle_s = min(2 * idle_s or FIRST_IDLE_S, RARE_S if rarely else IDLE_S)
            await pause(stop, idle_s)


async def run_together(
    loops: Sequence[Awaitable[None]],
    *,
    stop: asyncio.Event,
    log: Log,
    grace_s: float = GRACE_S,
) -> None:
    """Run all `loops` until `stop` is set; if one of them ends early, so do all.

    What is in hand is finished, but for at most `grace_s`: what takes longer is
    cancelled. Nothing is lost by that, since its lease runs out.

    Raises:
        FirstlineError: what ended one of the loops.
    """
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        await _finish(tasks, log, grace_s=grace_s)
        await stopping
    for task in tasks:
        if not task.cancelled():
            task.result()


async def _finish(
    tasks: Sequence[asyncio.Future[None]], log: Log, *, grace_s: float
) -> None:
    _, late = await asyncio.wait(tasks, timeout=grace_s)
    if late:
        log("stop_forced", loops=len(late))
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait for `seconds`, or until `stop` is set."""
    try:
        await asyncio.wait_for(stop.wait(), timeout=seconds)
    except asyncio.TimeoutError:
        return
