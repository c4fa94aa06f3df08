"""A file that people edit while the program runs: when is it worth reading again?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

LOOK_EVERY: Final = timedelta(milliseconds=500)
_Stamp = tuple[int, int, int]


class WatchedFile:
    """Notices once that a file has changed.

    Two looks must have found it the same: an editor may be in the middle of writing.
    """

    def __init__(self, path: Path) -> None:
        """Begin with the file as it is now; it need not be there."""
        self._path = path
        self._seen = self._told = _stamp(path)

    def has_changed(self) -> bool:
        """Look at the file; tell whether it settled as another since that was told."""
        stamp, before = _stamp(self._path), self._seen
        self._seen = stamp
        if stamp == self._told or stamp != before:
            return False
        self._told = stamp
        return True


def _stamp(path: Path) -> _Stamp | None:
    """Return what changes whenever the file is written; None if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
