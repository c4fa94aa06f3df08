"""The project's files as they stand between two changes, for whoever reads them long."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.corpus.writing import STATE, finish, locked
from bot.errors import ConfigError

_TOP: Final = ("config.yml", "domain.yml")
_BELOW: Final = ("data/**/*", "tests/nlu/*.jsonl")  # the latter are the gate's


def copy_project(project: Path, into: Path) -> None:
    """Copy config, domain, data and test messages into the folder `into`.

    Waits until nobody of the program writes, and completes what somebody who died began.

    Raises:
        ConfigError: a file cannot be read, or was edited since somebody died; names it.
    """
    data = project / "data"
    try:
        with locked(data, alone=True):
            finish(data / STATE)
            for path in _files(project):
                copied = into / path.relative_to(project)
                copied.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copied)
    except OSError as error:
        raise ConfigError(
            f"{error.filename}: cannot be read: {error.strerror}"
        ) from error


def changed_since(project: Path, copy: Path) -> list[str]:
    """Return the names of the files that are not as in the copy any more, sorted."""
    names = {path.relative_to(top) for top in (project, copy) for path in _files(top)}
    changed = (n for n in names if _held(project / n) != _held(copy / n))
    return sorted(name.as_posix() for name in changed)


def _files(project: Path) -> Iterator[Path]:
    yield from (project / name for name in _TOP)
    for path in (path for below in _BELOW for path in project.glob(below)):
        if path.is_file() and STATE not in path.relative_to(project).parts:
            yield path


def _held(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
