"""The bot's sentences follow their file: an edited answer is said without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from bot.errors import ConfigError
from bot.knowledge.answers import DomainAnswers
from bot.log import Log
from bot.model.policy import Policy
from bot.watched_file import LOOK_EVERY, WatchedFile


class AnswersWatch:
    """Notices that domain.yml has changed, and takes its texts over if they are sound.

    One with mistakes changes nothing; that is logged once.
    """

    def __init__(
        self,
        path: Path,
        answers: DomainAnswers,
        *,
        policy: Callable[[], Policy],
        clock: Clock,
        log: Log,
    ) -> None:
        """Begin with `answers`, which were loaded from `path`."""
        self._path, self._answers, self._policy = path, answers, policy
        self._clock, self._log = clock, log
        self._file = WatchedFile(path)
        self._look_at: datetime | None = None

    async def step(self) -> int:
        """Look at the file, twice a second at most; return 1 if its texts are new."""
        now = self._clock.now()
        if self._look_at is not None and now < self._look_at:
            return 0
        self._look_at = now + LOOK_EVERY
        return int(self._file.has_changed() and await self._read())

    async def _read(self) -> bool:
        try:
            # in a thread: it takes longer than an event loop may stand still
            new = await asyncio.to_thread(DomainAnswers, self._path, self._policy())
        except ConfigError as error:
            self._log("answers_refused", problems=str(error))
            return False
        if new.responses.wordings == self._answers.responses.wordings:
            return False
        self._answers.say(new.responses)
        self._log("answers_loaded", answers=len(new.responses.wordings))
        return True
