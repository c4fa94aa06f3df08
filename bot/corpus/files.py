"""The `Corpus` port on the project's files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

from bot.corpus.admission import Admission
from bot.corpus.draft import Done
from bot.corpus.log_file import items_in, line_of, read_log
from bot.corpus.parses import Parses, text_of
from bot.corpus.proof import prove
from bot.corpus.reading import Places, Snapshot, take_snapshot
from bot.corpus.record import record_of
from bot.corpus.text import named
from bot.corpus.tidying import tidied
from bot.corpus.versions import Versions, conflict_between
from bot.corpus.writing import (
    STATE,
    Written,
    clear,
    finish,
    is_unfinished,
    locked,
    write_all,
)
from bot.errors import ConfigError, InputError
from bot.model.change import Applied, Change, Conflict, PastChange, touched_by
from bot.model.example import (
    CorpusState,
    CorpusVersion,
)

_LONGEST_NAME: Final = 80
_LONGEST_REASON: Final = 500
_TRIES: Final = 3


class FileCorpus:
    """Examples, answers and their log in a project's folder.

    Any number of processes may read and change it at once. Safe for threads.
    """

    def __init__(
        self,
        project: Path,
        *,
        policy: Path,
        admission: Admission,
    ) -> None:
        """Read nothing yet.

        Args:
            project: the folder of domain.yml and data/.
            policy: the policy, which gets a rule for each new intent.
            admission: what every new text has to pass.
        """
        self._places = Places(project, policy)
        self._admission = admission
        self._state = project / "data" / STATE
        self._versions = Versions(self._state / "versions")
        self._parses = Parses()
        self._last: Snapshot | None = None
        self._items: tuple[tuple[int, ...], frozenset[str]] = ((), frozenset())
        self._lock = Lock()

    async def read(self) -> CorpusState:
        """See the port."""
        return (await asyncio.to_thread(self._read)).state

    async def apply(
        self, change: Change, *, expected: CorpusVersion, now: datetime
    ) -> Applied | Conflict:
        """See the port."""
        return await asyncio.to_thread(self._apply, change, expected, now)

    async def tidy(self) -> None:
        """See the port."""
        await asyncio.to_thread(self._tidy)

    async def changes(self, *, limit: int) -> Sequence[PastChange]:
        """See the port."""
        log = (await asyncio.to_thread(self._read)).log
        return [logged.change for logged in log[::-1][:limit]]

    async def customers_items(self) -> frozenset[str]:
        """See the port."""
        return await asyncio.to_thread(self._customers_items)

    def _customers_items(self) -> frozenset[str]:
        path = self._places.log
        if not path.exists():
            return frozenset()
        with _said_of_the_disk(), locked(self._places.data, alone=False):
            found = path.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            if self._items[0] != stamp:
                log = read_log(path, text_of(path, path.read_bytes()))
                self._items = (stamp, items_in(log))
        return self._items[1]

    def forget(self) -> None:
        """Give the memory back that the last reading takes."""
        with self._lock:
            self._parses, self._last = Parses(), None

    def _read(self) -> Snapshot:
        with self._lock, _said_of_the_disk():
            while True:
                with locked(self._places.data, alone=False):
                    if not is_unfinished(self._state):
                        return self._snapshot()
                with locked(self._places.data, alone=True):
                    finish(self._state)

    def _apply(
        self, change: Change, expected: CorpusVersion, now: datetime
    ) -> Applied | Conflict:
        change = tidied(_signed(change))
        self._admission.check_reason(change.why)
        with self._lock, _said_of_the_disk(), locked(self._places.data, alone=True):
            self._state.mkdir(exist_ok=True)
            for _ in range(_TRIES):
                snapshot = self._swept()
                conflict = self._conflict(change, expected, snapshot)
                if conflict is not None:
                    return conflict
                version = self._write(change, snapshot, now)
                if version is not None:
                    merged = expected != snapshot.version
                    return Applied(version=version, merged=merged)
        raise InputError("Somebody is writing the files at this moment. Try again.")

    def _tidy(self) -> None:
        with self._lock, _said_of_the_disk(), locked(self._places.data, alone=True):
            self._swept()

    def _swept(self) -> Snapshot:
        """Return the files as they are, without what a dead process left beside them."""
        finish(self._state)
        snapshot = self._snapshot()
        clear(sorted({path.parent for path in snapshot.contents}))
        return snapshot

    def _snapshot(self) -> Snapshot:
        """Return the files as they are; what was worked out of them is kept."""
        snapshot = take_snapshot(self._places, self._parses)
        if self._last is None or self._last.contents != snapshot.contents:
            self._versions.remember(snapshot.version, snapshot.digests)
            self._last = snapshot
        return self._last

    def _conflict(
        self, change: Change, expected: CorpusVersion, snapshot: Snapshot
    ) -> Conflict | None:
        if expected == snapshot.version:
            return None
        return conflict_between(
            touched_by(change.edits),
            self._versions.recall(expected),
            snapshot.digests,
            log=snapshot.log,
            version=snapshot.version,
        )

    def _write(
        self, change: Change, snapshot: Snapshot, now: datetime
    ) -> CorpusVersion | None:
        """Write the change; None if a file was changed at the same moment."""
        draft = snapshot.draft()
        for edit in change.edits:
            draft.make(edit)
        self._admission.check(draft.done, snapshot.state.entity_kinds)
        texts = draft.texts()
        texts[self._places.log.resolve()] = self._longer_log(
            snapshot, change, draft.done, now
        )
        after = snapshot.with_texts(texts)
        prove(snapshot.state, lambda: after.state, draft.done)
        self._admission.check_doubles(draft.done, after.state)
        files = {
            path: Written(snapshot.contents.get(path), content)
            for path, content in after.contents.items()
            if content != snapshot.contents.get(path)
        }
        if not write_all(self._state, files):
            return None
        self._versions.remember(after.version, after.digests)
        self._last = after
        return after.version

    def _longer_log(
        self, snapshot: Snapshot, change: Change, done: Done, now: datetime
    ) -> str:
        path = self._places.log.resolve()
        log = snapshot.contents.get(path, b"").decode()
        if log and not log.endswith("\n"):
            log += "\n"
        return f"{log}{line_of(record_of(change, done, now))}\n"


def _signed(change: Change) -> Change:
    """Return the change with author and reason on one line each."""
    if not change.edits:
        raise InputError("Nothing was changed.")
    return replace(
        change,
        by=named(change.by, "who you are", longest=_LONGEST_NAME),
        why=named(change.why, "why", longest=_LONGEST_REASON),
    )


@contextmanager
def _said_of_the_disk() -> Iterator[None]:
    """Say what the disk refused, and what to do."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{error.filename or 'the disk'}: {error.strerror}; expected a project "
            "folder that this program may write, on a disk with room"
        ) from error
