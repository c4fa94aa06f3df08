"""The model in a process of its own, which lives only while somebody asks it.

A process that serves pages must not carry Rasa, and trainers ask seldom: the child is
started by the first question, ends when nobody has asked for a while, and is started
again if it crashed or if another model is live.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cattrs.preconf.json import make_converter

from bot.clock import Clock
from bot.errors import ModelError, TemporaryFailure
from bot.log import Log
from bot.model.quality import Quality
from bot.model.reading import Reading

IDLE: Final = timedelta(minutes=5)
PATIENCE_S: Final = 60.0  # for an answer: loading on a busy machine is the longest
STOP_S: Final = 2.0
_LINE: Final = 1 << 26  # bytes of one answer, at the most
CONVERTER: Final = make_converter()

_GONE: Final = "The model that reads along has ended. Try again; it starts anew."
_SLOW: Final = (
    "The model that reads along gave no answer within {:.0f} seconds: this machine is "
    "busy. Try again; it starts anew."
)

WhichModel = Callable[[], Awaitable[Path]]


class _GoneError(TemporaryFailure):
    """The child ended before it answered."""


class Aside:
    """Reads texts beside the workers, for people who try something; see Understanding.

    Questions are answered one after another. `step` is to be called now and then.
    """

    def __init__(
        self,
        which: WhichModel,
        *,
        config: Path,
        clock: Clock,
        log: Log,
        idle: timedelta = IDLE,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Prepare; nothing is started.

        Args:
            which: gives the model to read with; asked before each question.
            config: the project's config.yml.
            clock, log: the program's.
            idle: for how long nobody must have asked before the child ends.
            patience_s: for how long an answer is waited for.
        """
        self._which, self._config = which, config
        self._clock, self._log = clock, log
        self._idle, self._patience_s = idle, patience_s
        self._child: Process | None = None
        self._model: Path | None = None
        self._asked_at: datetime | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The child's, None while there is none."""
        return self._child.pid if self._child else None

    @property
    def awake(self) -> bool:
        """Whether a question would be answered without starting anything."""
        return self._child is not None and self._child.returncode is None

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return one reading for each text, in order.

        Raises:
            ModelError: the model cannot be used; says what to do.
            TemporaryFailure: no answer came; the next question starts a new child.
        """
        answer = await self.ask("read", texts=list(texts))
        return CONVERTER.structure(answer, list[Reading])

    async def quality(self) -> Quality:
        """Return how well the model reads each label; raises as `read`."""
        return CONVERTER.structure(await self.ask("quality"), Quality)

    async def ask(self, question: str, **fields: object) -> object:
        """Put one question to the child, which is started if need be."""
        model = await self._which()
        line = json.dumps({"ask": question, **fields}).encode() + b"\n"
        async with self._one_at_a_time:
            self._asked_at = self._clock.now()
            answer = await self._asked(model, line)
            self._asked_at = self._clock.now()
        if isinstance(answer, dict) and "refused" in answer:
            raise ModelError(str(answer["refused"]))
        return answer["answer"] if isinstance(answer, dict) else None

    async def step(self) -> int:
        """End the child if nobody has asked for long; return how many were ended."""
        if self._child is None or self._asked_at is None:
            return 0
        if self._clock.now() - self._asked_at < self._idle:
            return 0
        if self._one_at_a_time.locked():
            return 0
        self._log("aside_idle", pid=self._child.pid)
        await self.close()
        return 1

    async def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            with suppress(ProcessLookupError):  # it ended just now
                child.terminate()
        with suppress(asyncio.TimeoutError):  # then it is killed
            await asyncio.wait_for(child.wait(), STOP_S)
        if child.returncode is None:
            child.kill()
            await child.wait()

    async def _asked(self, model: Path, line: bytes) -> object:
        """Ask, and once more in a new child if the one that lived before is gone.

        What took too long is not asked again: it would take as long once more.
        """
        lived = self.awake and self._model == model
        try:
            return await self._one_question(model, line)
        except _GoneError:
            if not lived:
                raise
            return await self._one_question(model, line)

    async def _one_question(self, model: Path, line: bytes) -> object:
        child = await self._running(model)
        try:
            return await asyncio.wait_for(_exchange(child, line), self._patience_s)
        except asyncio.TimeoutError as error:
            await self._give_up(child, error)
            raise TemporaryFailure(_SLOW.format(self._patience_s)) from error
        except (OSError, EOFError, ValueError) as error:
            await self._give_up(child, error)
            raise _GoneError(_GONE) from error
        except asyncio.CancelledError:  # its answer would be taken for the next one's
            await self.close()
            raise

    async def _give_up(self, child: Process, error: Exception) -> None:
        self._log("aside_failed", pid=child.pid, error=type(error).__name__)
        await self.close()

    async def _running(self, model: Path) -> Process:
        if self._child is not None and self.awake and self._model == model:
            return self._child
        await self.close()
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.nlu.aside_child"),
            *(str(model), str(self._config)),
            stdin=PIPE,
            stdout=PIPE,
            limit=_LINE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._log("aside_started", pid=child.pid, model=model.name)
        self._child, self._model = child, model
        return child


async def _exchange(child: Process, line: bytes) -> object:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    child.stdin.write(line)
    await child.stdin.drain()
    answer = await child.stdout.readline()
    if not answer.endswith(b"\n"):
        raise EOFError
    return json.loads(answer)
