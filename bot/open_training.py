"""One training at a time, on files that nobody changes while it lasts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.clock import SystemClock
from bot.corpus.copying import changed_since, copy_project
from bot.errors import ConfigError, InputError
from bot.nlu.turn import turn
from bot.settings import Settings

TURN: Final = ".trainer"  # the lock in the folder of models
_COPY: Final = ".files-"


@dataclass(frozen=True, slots=True)
class Held:
    """The project as it stood at one moment: `settings` lead to a copy of its files."""

    settings: Settings
    project: Path

    def told(self, text: str) -> str:
        """Return what was said about the copy as said about the project's own files."""
        return text.replace(str(self.settings.project), str(self.project))

    def changed(self) -> list[str]:
        """Return the names of the files that were changed since."""
        return changed_since(self.project, self.settings.project)


@contextmanager
def held_for_training(
    settings: Settings, *, by: str, tell: Callable[[str], None]
) -> Iterator[Held]:
    """Wait until no other process trains, then hold the files as they are.

    What is checked, trained and judged inside is the same, whatever trainers and editors
    do meanwhile. Blocks; errors name the project's own files.

    Args:
        settings: the program's.
        by: who trains, as others who wait are told.
        tell: called with a line for people if there is somebody to wait for.

    Raises:
        ConfigError: a file cannot be read.
    """
    models = settings.models
    models.mkdir(parents=True, exist_ok=True)
    with turn(models / TURN, by=by, clock=SystemClock(), tell=tell):
        for left in models.glob(f"{_COPY}*"):  # by somebody who was killed
            shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(dir=models, prefix=_COPY) as folder:
            copy_project(settings.project, Path(folder))
            held = Held(_moved(settings, Path(folder)), settings.project)
            try:
                yield held
            except (ConfigError, InputError) as error:
                raise type(error)(held.told(str(error))) from error


def _moved(settings: Settings, project: Path) -> Settings:
    policy = settings.policy
    if policy.is_relative_to(settings.project):
        policy = project / policy.relative_to(settings.project)
    return replace(settings, project=project, policy=policy)
