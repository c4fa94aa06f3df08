"""Old events as files of JSON lines: each written once, whole, and never changed."""

from __future__ import annotations

import json
import os
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from bot.errors import PermanentFailure

Row = tuple[str, dict[str, str]]  # as the store has it: "<ms>-<number>" and the fields


def place(id_: str) -> tuple[int, int]:
    """Return an event's id as what it sorts by."""
    ms, _, number = id_.partition("-")
    return int(ms), int(number or 0)


class EventFiles:
    """The files of one store's events: `<shard>/<first id>_<last id>.jsonl`.

    A file is complete as soon as it has its name. Two that overlap, which takes two
    writers at once, hold the same events: whoever reads on from an id sees each once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, shard: str, lines: Sequence[str]) -> None:
        """Keep events, as `line_of` gives them, durably, before this returns."""
        folder = self._folder / shard
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{id_of(lines[0])}_{id_of(lines[-1])}.jsonl"
        unfinished = folder / f".{path.name}.{os.getpid()}"
        with unfinished.open("w", encoding="utf-8") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        for place_of_a_name in (folder, self._folder, self._folder.parent):
            _sync(place_of_a_name)

    def read(self, shard: str, *, after: str, limit: int) -> list[Row]:
        """Return up to `limit` events after the id `after`, oldest first.

        An empty list means that the files have no later ones.

        Raises:
            PermanentFailure: one of them is damaged.
        """
        for _, last, path in self._files(shard):
            if place(last) > place(after):
                try:
                    return _rows_of(path, after=after, limit=limit)
                except (ValueError, KeyError, AttributeError):
                    raise PermanentFailure(
                        f"{path} is damaged: put a copy of it there"
                    ) from None
        return []

    def last(self, shard: str) -> str:
        """Return the id up to which the files go; "0" if there are none."""
        return max((last for _, last, _ in self._files(shard)), key=place, default="0")

    def _files(self, shard: str) -> list[tuple[str, str, Path]]:
        found = []
        for path in (self._folder / shard).glob("[0-9]*.jsonl"):
            first, _, last = path.stem.partition("_")
            found.append((first, last, path))
        return sorted(found, key=lambda file: (place(file[0]), place(file[1])))


def line_of(row: Row) -> str:
    """Return an event as a line of a file: a fifth of what it takes as a row."""
    id_, fields = row
    fact = {"id": id_, **fields}
    return json.dumps(fact, ensure_ascii=False, separators=(",", ":")) + "\n"


def id_of(line: str) -> str:
    """Return the id without reading the rest: it stands first."""
    return line[len('{"id":"') : line.index('"', len('{"id":"'))]


def _rows_of(path: Path, *, after: str, limit: int) -> list[Row]:
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    first = bisect_right([place(id_of(line)) for line in lines], place(after))
    return [_row(line) for line in lines[first : first + limit]]


def _row(line: str) -> Row:
    fields = json.loads(line)
    return fields.pop("id"), fields


def _sync(folder: Path) -> None:
    """Make the names in a folder durable too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
