"""Child processes of the program: kept alive, and stopped with it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import ConfigError
from bot.flow.loop import pause
from bot.log import Log

REFUSED = 1  # the exit code of a child that said why it cannot start
STOP_S = 6.5  # for a child to end when it is told to; then it is killed


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOff:
    """How long to wait before a child that ended is started again."""

    first_s: float = 0.5
    at_most_s: float = 30.0
    steady_s: float = 60.0  # a child that lived so long begins with `first_s` again

    def next(self, pause_s: float, *, lived_s: float) -> float:
        """Return the pause after a child that lived for `lived_s`."""
        if pause_s == 0 or lived_s >= self.steady_s:
            return self.first_s
        return min(pause_s * 2, self.at_most_s)


class Supervisor:
    """Keeps `count` processes with the same command alive until it is stopped.

    A child is told of its parent's end by the end of its standard input, so none
    outlives a parent that was killed. See `end_with_parent`.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        count: int,
        env: Mapping[str, str],
        log: Log,
        back_off: BackOff | None = None,
    ) -> None:
        self._command, self.count, self._log = command, count, log
        self._env = {**os.environ, **env}
        self._back_off = back_off or BackOff()
        self._children: dict[int, Process] = {}
        self._proved: set[int] = set()

    @property
    def pids(self) -> list[int]:
        """The children that run now."""
        return [child.pid for child in self._children.values()]

    def prove(self, pid: int) -> None:
        """Note that a child works: its command is right, whatever happens later."""
        self._proved |= {n for n, child in self._children.items() if child.pid == pid}

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the children alive until `stop` is set, then end them all.

        Raises:
            ConfigError: a child refuses to start; it has said why.
        """
        keepers = [asyncio.create_task(self._keep(n, stop)) for n in range(self.count)]
        try:
            await asyncio.gather(stop.wait(), *keepers)
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)

    async def _keep(self, number: int, stop: asyncio.Event) -> None:
        pause_s, loop = 0.0, asyncio.get_running_loop()
        while not stop.is_set():
            started = loop.time()
            code = await self._one_life(number, stop)
            if stop.is_set():
                return
            if code == REFUSED and number not in self._proved:
                raise ConfigError("A worker cannot start; the lines above say why.")
            pause_s = self._back_off.next(pause_s, lived_s=loop.time() - started)
            self._log("child_ended", child=number, code=code, again_in_s=pause_s)
            await pause(stop, pause_s)

    async def _one_life(self, number: int, stop: asyncio.Event) -> int:
        """Start a child; return its exit code when it has ended, or was told to."""
        child = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, env=self._env
        )
        self._children[number] = child
        self._log("child_started", child=number, pid=child.pid)
        ending = asyncio.create_task(child.wait())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({ending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await self._end(child)
            del self._children[number]
        return await ending

    async def _end(self, child: Process) -> None:
        if child.returncode is None:
            child.terminate()
        try:
            await asyncio.wait_for(child.wait(), timeout=STOP_S)
        except asyncio.TimeoutError:
            self._log("child_killed", pid=child.pid)
            child.kill()
            await child.wait()


def end_with_parent(stop: asyncio.Event) -> None:
    """In a child: set `stop` when the parent has gone; Ctrl-C is left to the parent."""
    loop, stdin = asyncio.get_running_loop(), sys.stdin.fileno()

    def on_input() -> None:
        if not os.read(stdin, 1024):
            loop.remove_reader(stdin)
            stop.set()

    loop.remove_signal_handler(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loop.add_reader(stdin, on_input)
