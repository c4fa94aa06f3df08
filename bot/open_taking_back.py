"""What takes deleted words out of the training data, put together."""

from __future__ import annotations

import json
from pathlib import Path

from bot.clock import Clock
from bot.flow.deleted_words import DeletedWords, Looked
from bot.log import Log
from bot.ports.corpus import Corpus
from bot.settings import Settings
from bot.store.whole import Store


class LookedFile:
    """A file of this machine that says how far was looked; it may be deleted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Looked:
        """Return how far was looked; nowhere if nothing is known."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return Looked(dict(found["cursors"]), frozenset(found["items"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Looked()

    def write(self, looked: Looked) -> None:
        """Write it down, as a whole or not at all."""
        made = self._path.with_suffix(".new")
        facts = {"cursors": dict(looked.cursors), "items": sorted(looked.items)}
        made.write_text(json.dumps(facts), encoding="utf-8")
        made.replace(self._path)


def open_deleted_words(
    settings: Settings, store: Store, corpus: Corpus, *, clock: Clock, log: Log
) -> DeletedWords:
    """Put it together for the project's data."""
    return DeletedWords(
        corpus,
        store.events,
        store.reviews.id_of,
        note_corpus=store.forgetting.note_corpus,
        note=LookedFile(settings.var / "deleted-words.json"),
        clock=clock,
        log=log,
    )
