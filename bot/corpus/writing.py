"""Several files written as one: all of them or none, whenever the process dies.

The new contents are put beside the files first, then a journal that names them, then
each takes its file's place. Whoever comes after a death finds the journal and puts
the rest in place; without a journal nothing had begun, and what lies about is removed.
A lock on the folder keeps other processes of the program out; editors and Git know
nothing of it, so a file that they changed meanwhile is never overwritten.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import ConfigError

STATE: Final = ".corpus"  # the folder, in data, of what is not for Git
JOURNAL: Final = "unfinished.json"
_BESIDE: Final = ".firstline-new"  # how the names of new contents end


@dataclass(frozen=True, slots=True)
class Written:
    """What a file held, None if it was not there, and what it is to hold."""

    old: bytes | None
    new: bytes


@dataclass(frozen=True, slots=True)
class _Step:
    """One file of the journal, and what it held and is to hold as digests; `old` "" means no file."""

    path: Path
    beside: Path
    old: str
    new: str


@contextmanager
def locked(folder: Path, *, alone: bool) -> Iterator[None]:
    """Hold the folder, alone or with other readers; the lock ends with its holder."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(opened)


def write_all(state: Path, files: Mapping[Path, Written]) -> bool:
    """Put new contents into `files`. The caller holds the lock alone.

    Args:
        state: the folder of the journal.
        files: what each file holds and is to hold; none is a symbolic link.

    Returns:
        False if a file does not hold `old` any more; then nothing was written.

    Raises:
        OSError: the disk; nothing was changed, or `finish` will complete it.
    """
    steps = [
        _Step(path, _beside(path), _digest(file.old), _digest(file.new))
        for path, file in files.items()
    ]
    for step, file in zip(steps, files.values(), strict=True):
        _put(step.beside, file.new, like=step.path)
    if any(_digest(_held(step.path)) != step.old for step in steps):
        _sweep(steps)
        return False
    _note(state, steps)
    _complete(state, steps)
    return True


def is_unfinished(state: Path) -> bool:
    """Tell whether a process died while it wrote."""
    return (state / JOURNAL).exists()


def finish(state: Path) -> None:
    """Complete what a process began to write and died. The caller is alone.

    Raises:
        ConfigError: a file was edited since; names both versions and the remedy.
    """
    journal = state / JOURNAL
    if not journal.exists():
        return
    steps = _noted(journal)
    for step in steps:
        held = _digest(_held(step.path))
        if step.beside.exists() and held not in (step.new, step.old):
            raise ConfigError(
                f"{step.path}:1: was edited while a change was half written; "
                f"the change's version is {step.beside}: join the two by hand, then "
                f"remove {journal}"
            )
    _complete(state, steps)


def complete(data: Path) -> None:
    """Wait until nobody writes below `data`, and complete what was left unfinished.

    Raises:
        ConfigError: see `finish`.
    """
    with locked(data, alone=True):
        finish(data / STATE)


def clear(folders: Sequence[Path]) -> None:
    """Remove new contents whose journal was never written. The caller is alone."""
    for folder in folders:
        for path in folder.glob(f".*{_BESIDE}"):
            path.unlink(missing_ok=True)


def _complete(state: Path, steps: Sequence[_Step]) -> None:
    for step in steps:
        if step.beside.exists():
            step.beside.replace(step.path)
    for folder in {step.path.parent for step in steps}:
        _sync(folder)
    (state / JOURNAL).unlink()
    _sync(state)


def _note(state: Path, steps: Sequence[_Step]) -> None:
    # from the journal's folder on: the project may be mounted elsewhere next time
    fields = [[os.path.relpath(s.path, state), s.old, s.new] for s in steps]
    for folder in {step.path.parent for step in steps}:
        _sync(folder)
    draft = state / f".{JOURNAL}{_BESIDE}"
    _put(draft, json.dumps(fields).encode(), like=None)
    draft.replace(state / JOURNAL)
    _sync(state)


def _noted(journal: Path) -> list[_Step]:
    return [
        _Step(path := (journal.parent / name).resolve(), _beside(path), old, new)
        for name, old, new in json.loads(journal.read_bytes())
    ]


def _put(path: Path, content: bytes, *, like: Path | None) -> None:
    """Write a new file durably, with the access rights of another."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        if like is not None and like.exists():
            os.fchmod(file.fileno(), like.stat().st_mode & 0o7777)
        os.fsync(file.fileno())


def _sweep(steps: Sequence[_Step]) -> None:
    for step in steps:
        step.beside.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _held(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}{_BESIDE}")
