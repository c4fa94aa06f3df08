"""A training that somebody began on the page: in a process of its own, one at a time."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.clock import Clock
from bot.log import Log

STOP_S: Final = 3.0
_LINES: Final = 200  # of what it tells, the newest
# So that no line is broken, and none is coloured.
_PLAIN: Final = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
Command = Callable[[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingState:
    """The newest training. `code` is None while it runs; 0: a model passed, else not.

    `lines` are what it told, for people.
    """

    by: str
    why: str
    began_at: datetime
    ended_at: datetime | None = None
    code: int | None = None
    lines: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        return self.ended_at is None


class Training:
    """Starts trainings and listens to them.

    It runs apart: it takes minutes of computing, and Rasa's memory with it.
    """

    def __init__(
        self,
        command: Command,
        *,
        folder: Path,
        env: Mapping[str, str],
        clock: Clock,
        log: Log,
    ) -> None:
        """Start nothing yet.

        Args:
            command: gives what to run for an author and a reason.
            folder: where it runs: the project's.
            env: what it finds in its environment besides our own.
            clock, log: the program's.
        """
        self._command, self._clock, self._log = command, clock, log
        self._folder, self._env = folder, env
        self._lines: list[str] = []
        self._state: TrainingState | None = None
        self._child: Process | None = None
        self._following: asyncio.Task[None] | None = None

    @property
    def state(self) -> TrainingState | None:
        """The training that runs, or the last one; None if there was none."""
        return self._state

    async def start(self, *, by: str, why: str) -> bool:
        """Begin to train; False if a training runs already."""
        if self._state is not None and self._state.runs:
            return False
        self._lines.clear()
        self._state = TrainingState(by=by, why=why, began_at=self._clock.now())
        self._child = await asyncio.create_subprocess_exec(
            *self._command(by, why),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self._folder,
            env={**os.environ, **_PLAIN, **self._env},
        )
        self._log("training_began", pid=self._child.pid)
        self._following = asyncio.create_task(self._follow(self._child, self._state))
        return True

    async def close(self) -> None:
        """End the training, if one runs; the models stay as they are."""
        child = self._child
        if child is None or self._following is None:
            return
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.terminate()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(child.wait(), STOP_S)
        if child.returncode is None:
            child.kill()
        await self._following

    async def _follow(self, child: Process, begun: TrainingState) -> None:
        if child.stdout is not None:
            async for line in child.stdout:
                if told := line.decode("utf-8", "replace").strip():
                    self._lines = [*self._lines[1 - _LINES :], told]
                    self._state = _after(begun, lines=tuple(self._lines))
        code = await child.wait()
        self._log("training_ended", code=code)
        self._state = _after(
            begun, lines=tuple(self._lines), code=code, ended_at=self._clock.now()
        )


def _after(
    begun: TrainingState,
    *,
    lines: tuple[str, ...],
    code: int | None = None,
    ended_at: datetime | None = None,
) -> TrainingState:
    return TrainingState(
        by=begun.by,
        why=begun.why,
        began_at=begun.began_at,
        ended_at=ended_at,
        code=code,
        lines=lines,
    )
