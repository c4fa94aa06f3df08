"""Versions of the corpus, and what changed between one and the present.

What each version held is remembered as digests by label, for as many versions as
anybody is likely to be looking at. They lie in a folder of their own and may be lost:
then a change that was made on an older version is refused rather than joined.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.corpus.log_file import Logged
from bot.model.change import Conflict, Touched
from bot.model.example import Answer, CorpusVersion, Example, Label

KEPT: Final = 200  # versions
_LOG_LINES: Final = 500  # by which later changes are told from earlier ones


@dataclass(frozen=True, slots=True)
class Digests:
    """What one version held: digests by name, and the newest lines of the log."""

    labels: Mapping[str, str]
    answers: Mapping[str, str]
    log: frozenset[str]


def version_of(contents: Iterable[tuple[str, bytes]]) -> CorpusVersion:
    """Return the version that files with these names and contents are."""
    digest = hashlib.sha256()
    for name, content in contents:
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return CorpusVersion(digest.hexdigest()[:16])


def digests_of(
    labels: Mapping[Label, Sequence[Example]],
    answers: Mapping[str, Answer],
    log: Sequence[Logged],
) -> Digests:
    """Return what is remembered of a version."""
    return Digests(
        {label: _digest([e.marked for e in held]) for label, held in labels.items()},
        {name: _digest(map(str, a.variants)) for name, a in answers.items()},
        frozenset(logged.digest for logged in log[-_LOG_LINES:]),
    )


def conflict_between(
    touched: Touched,
    then: Digests | None,
    now: Digests,
    *,
    log: Sequence[Logged],
    version: CorpusVersion,
) -> Conflict | None:
    """Return what others changed of all that a change touches; None: nothing.

    `then` is what the change's author saw; None if nothing is known of it.
    """
    if then is None:
        return Conflict(
            version=version,
            labels=tuple(sorted(touched.labels)),
            answers=tuple(sorted(touched.answers)),
            known=False,
        )
    labels = _differing(touched.labels, then.labels, now.labels)
    answers = _differing(touched.answers, then.answers, now.answers)
    if not labels and not answers:
        return None
    later = [entry.change for entry in log if entry.digest not in then.log]
    theirs = [
        c for c in later if c.labels & set(labels) or set(c.answers) & set(answers)
    ]
    told = {name for c in theirs for name in (*c.labels, *c.answers)}
    return Conflict(
        version=version,
        labels=tuple(Label(label) for label in labels),
        answers=tuple(answers),
        changes=tuple(theirs),
        by_hand=bool({*labels, *answers} - told),
    )


class Versions:
    """The folder in which digests of versions are kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def remember(self, version: CorpusVersion, digests: Digests) -> None:
        """Keep what a version held; a disk that cannot be written is no harm yet."""
        path = self._path(version)
        if path.exists():
            return
        fields = [dict(digests.labels), dict(digests.answers), sorted(digests.log)]
        with suppress(OSError):  # who needs it gets `known=False`
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            draft.write_text(json.dumps(fields))
            draft.replace(path)
            self._drop_old()

    def recall(self, version: CorpusVersion) -> Digests | None:
        """Return what a version held, if it is still known."""
        try:
            labels, answers, log = json.loads(self._path(version).read_bytes())
        except (OSError, ValueError):
            return None
        return Digests(labels, answers, frozenset(log))

    def _path(self, version: CorpusVersion) -> Path:
        name = version if version.isalnum() else "none"  # it came from outside
        return self._folder / f"{name}.json"

    def _drop_old(self) -> None:
        found = sorted(self._folder.glob("*.json"), key=lambda p: p.stat().st_mtime)
        for path in found[:-KEPT]:
            path.unlink(missing_ok=True)


def _differing(
    names: Iterable[str], then: Mapping[str, str], now: Mapping[str, str]
) -> list[str]:
    return sorted(name for name in names if then.get(name) != now.get(name))


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
