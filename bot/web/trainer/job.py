"""A job that somebody began on the page: in a process of its own, one at a time."""

from __future__ import annotations

import asyncio
import os
import re
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, Process
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.clock import Clock
from bot.log import Log

STOP_S: Final = 3.0
_LINES: Final = 200  # of what it tells, the newest
_LONGEST: Final = 2000  # characters of a line
_PIECE: Final = 1 << 14  # bytes that are read at once
_LINE_END: Final = re.compile(r"[\r\n]+")  # a bar of progress begins its line anew
# So that no line is broken, and none is coloured.
_PLAIN: Final = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
Command = Callable[[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """The job's newest run, which `by` began.

    `about` is what it was begun with: a reason, or a model. `code` is None while it
    runs, then what the process ended with. `lines` are what it told, for people.
    """

    by: str
    about: str
    began_at: datetime
    ended_at: datetime | None = None
    code: int | None = None
    lines: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        return self.ended_at is None


class Job:
    """Starts one kind of process and listens to it.

    It runs apart: it may take minutes of computing, and Rasa's memory with it.
    """

    def __init__(
        self,
        kind: str,
        command: Command,
        *,
        folder: Path,
        env: Mapping[str, str],
        clock: Clock,
        log: Log,
    ) -> None:
        """Start nothing yet.

        Args:
            kind: "training", for instance; begins the names of its events in the log.
            command: gives what to run for an author, and for what it is about.
            folder: where it runs: the project's.
            env: what it finds in its environment besides our own.
            clock, log: the program's.
        """
        self._kind, self._command = kind, command
        self._clock, self._log = clock, log
        self._folder, self._env = folder, env
        self._lines: deque[str] = deque(maxlen=_LINES)
        self._state: JobState | None = None
        self._child: Process | None = None
        self._following: asyncio.Task[None] | None = None

    @property
    def state(self) -> JobState | None:
        """The run that goes on, or the last one; None if there was none."""
        return self._state

    async def start(self, *, by: str, about: str) -> bool:
        """Begin; False if it runs already."""
        if self._state is not None and self._state.runs:
            return False
        self._lines.clear()
        self._state = JobState(by=by, about=about, began_at=self._clock.now())
        try:
            self._child = await self._process(by, about)
        except OSError:
            self._state = None  # it may be tried again
            raise
        self._log(f"{self._kind}_began", pid=self._child.pid)
        self._following = asyncio.create_task(self._follow(self._child, self._state))
        return True

    async def _process(self, by: str, about: str) -> Process:
        return await asyncio.create_subprocess_exec(
            *self._command(by, about),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self._folder,
            env={**os.environ, **_PLAIN, **self._env},
        )

    async def close(self) -> None:
        """End it, if it runs."""
        child = self._child
        if child is None or self._following is None:
            return
        if child.returncode is None:
            with suppress(ProcessLookupError):  # it has just ended
                child.terminate()
            with suppress(asyncio.TimeoutError):  # it is killed then
                await asyncio.wait_for(child.wait(), STOP_S)
        if child.returncode is None:
            child.kill()
        await self._following

    async def _follow(self, child: Process, begun: JobState) -> None:
        if child.stdout is not None:
            async for told in _lines_of(child.stdout):
                self._lines.append(told)
                self._state = replace(begun, lines=tuple(self._lines))
        code = await child.wait()
        self._log(f"{self._kind}_ended", code=code)
        self._state = replace(
            begun, lines=tuple(self._lines), code=code, ended_at=self._clock.now()
        )


async def _lines_of(told: StreamReader) -> AsyncIterator[str]:
    """Yield what is told line by line, blank lines left out and endless ones cut."""
    decode, rest = getincrementaldecoder("utf-8")("replace").decode, ""
    while piece := await told.read(_PIECE):
        *whole, rest = _LINE_END.split(rest + decode(piece))
        rest = rest[:_LONGEST]  # a bar of progress may never end its line
        for line in filter(None, map(str.strip, whole)):
            yield line[:_LONGEST]
    if last := rest.strip():
        yield last
