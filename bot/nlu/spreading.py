"""The map's places, computed apart: a process for each map, which nobody waits behind.

Neither the event loop nor the model that reads for trainers may stand still for it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from cattrs.preconf.json import make_converter

from bot.errors import TemporaryFailure
from bot.log import Log

PATIENCE_S: Final = 300.0  # a busy machine takes a minute
POLITE: Final = 5  # below the workers, whom customers wait for
# So few points are slower with more: threads wait for each other by spinning.
_ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_CONVERTER: Final = make_converter()
_SCRIPT: Final = """
import json, os, sys
os.nice(int(sys.argv[1]))
from bot.nlu.spread import spread
print(json.dumps(spread(json.load(sys.stdin))))
"""
Places = dict[str, tuple[float, float]]


class Spreading:
    """Places groups of texts on a plane; see bot.nlu.spread."""

    def __init__(self, *, log: Log, patience_s: float = PATIENCE_S) -> None:
        """Start nothing yet; give up on what takes longer than `patience_s`."""
        self._log, self._patience_s = log, patience_s
        self._children: set[Process] = set()

    async def spread(self, groups: Mapping[str, Sequence[str]]) -> Places:
        """Return each group's place, both axes from 0.0 to 1.0.

        Raises:
            TemporaryFailure: its process ended or took too long; says which.
        """
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _SCRIPT, str(POLITE)),
            stdin=PIPE,
            stdout=PIPE,
            env={**os.environ, **_ONE_THREAD, "PYTHONPATH": _path()},
        )
        self._children.add(child)
        try:
            return await self._answer(child, json.dumps(groups).encode())
        finally:
            self._children.discard(child)
            await _end(child)

    async def close(self) -> None:
        """End what is being computed."""
        for child in tuple(self._children):
            await _end(child)

    async def _answer(self, child: Process, groups: bytes) -> Places:
        asking = child.communicate(groups)
        try:
            answer, _ = await asyncio.wait_for(asking, self._patience_s)
        except asyncio.TimeoutError as error:
            self._log("spreading_given_up", pid=child.pid, after_s=self._patience_s)
            raise TemporaryFailure(_TOO_LONG.format(self._patience_s)) from error
        if child.returncode:
            self._log("spreading_failed", pid=child.pid, code=child.returncode)
            raise TemporaryFailure(_ENDED.format(child.returncode))
        return _CONVERTER.structure(json.loads(answer), Places)


def _path() -> str:
    return os.pathsep.join(filter(None, sys.path))


async def _end(child: Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):  # it has just ended
            child.kill()
        await child.wait()


_TOO_LONG: Final = "it was not ready after {:.0f} seconds"
_ENDED: Final = "the process that draws it ended with code {}"
