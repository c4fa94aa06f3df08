"""One training at a time: who comes second is told who trains since when, and waits."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot.clock import Clock


@contextmanager
def turn(
    file: Path, *, by: str, clock: Clock, tell: Callable[[str], None]
) -> Iterator[None]:
    """Hold `file` alone; the turn ends with its holder, also with a killed one.

    Args:
        file: made if absent, and left where it is: who removes a lock lets two in.
        by: how the holder is named to those who wait.
        clock: the program's.
        tell: called with a line for people if there is somebody to wait for.
    """
    with file.open("a+", encoding="utf-8") as opened:
        _wait(opened, tell)
        _sign(opened, by, clock.now())
        try:
            yield
        finally:
            opened.truncate(0)


def _wait(opened: TextIO, tell: Callable[[str], None]) -> None:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        opened.seek(0)
        tell(f"waiting for {opened.read() or 'another training'}")
        fcntl.flock(opened, fcntl.LOCK_EX)


def _sign(opened: TextIO, by: str, since: datetime) -> None:
    """Write down whose turn it is; what a killed holder has left goes."""
    who = f"{' '.join(by.split())} began at {since:%Y-%m-%d %H:%M:%S} UTC"
    opened.truncate(0)
    opened.write(f"the training that {who} (process {os.getpid()})")
    opened.flush()
