"""What the log keeps of a change: keys of texts, and no text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.corpus.draft import Done
from bot.corpus.marks import key_of_marked
from bot.model.change import Change, PastChange
from bot.model.example import Label


def record_of(change: Change, done: Done, now: datetime) -> PastChange:
    """Return what the log keeps of a change that did this."""
    marked = _keys(done.marked, without=set())
    told = moves(done) | {(la, key) for la, keys in marked.items() for key in keys}
    told |= {(one.label, key) for one in done.reworded for key in (one.old, one.new)}
    return PastChange(
        by=change.by,
        at=now,
        why=change.why,
        origin=change.origin,
        item=change.item,
        copied={key_of_marked(text): items for text, items in change.copied.items()},
        added=_keys(done.added, without=told),
        removed=_keys(done.removed, without=told),
        moved=tuple(done.moved),
        reworded=tuple(done.reworded),
        marked=marked,
        answers=tuple(done.answers),
    )


def _keys(
    texts: Mapping[Label, Iterable[str]], *, without: set[tuple[Label, str]]
) -> dict[Label, tuple[str, ...]]:
    """Return the keys of marked texts, each once, by label."""
    keys = {
        label: tuple(
            dict.fromkeys(
                key
                for text in held
                if (label, key := key_of_marked(text)) not in without
            )
        )
        for label, held in texts.items()
    }
    return {label: found for label, found in keys.items() if found}


def moves(done: Done) -> set[tuple[Label, str]]:
    """Return where moved examples came from and went to, by label and key."""
    return {
        (label, key) for m in done.moved for key in m.keys for label in (m.label, m.to)
    }
