"""The log of changes beside the data, and whence each example is, told from it.

One line of JSON for each change, appended. An example is known by its label and by
the key of its text, never by its place, so that it may be moved about in its list
with an editor. Rewritten by hand it is another text, of which the log knows nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from cattrs import Converter
from cattrs.errors import BaseValidationError

from bot.errors import ConfigError
from bot.model.change import PastChange
from bot.model.example import Label, Origin, Provenance

NAME: Final = "provenance.jsonl"

Place = tuple[Label, str]  # label and key

_CONVERTER = Converter(forbid_extra_keys=True, omit_if_default=True)
_CONVERTER.register_unstructure_hook(datetime, datetime.isoformat)
_CONVERTER.register_structure_hook(
    datetime, lambda value, _: datetime.fromisoformat(value)
)


@dataclass(frozen=True, slots=True)
class Logged:
    """One change of the log, and by what its line is known."""

    change: PastChange
    digest: str


def read_log(path: Path, text: str) -> tuple[Logged, ...]:
    """Return the changes that `text` tells of, oldest first.

    Git may have joined the lines of two branches in any order.

    Raises:
        ConfigError: a line is broken; names file, line and remedy.
    """
    lines = [
        Logged(_change(path, number, line), _digest(line))
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
    ]
    return tuple(sorted(lines, key=lambda logged: logged.change.at))


def line_of(change: PastChange) -> str:
    """Return the line, without its end, that tells of `change`."""
    fields = _CONVERTER.unstructure(change)
    return json.dumps(fields, ensure_ascii=False)


def provenances(log: Iterable[Logged]) -> dict[Place, Provenance]:
    """Return where the examples come from that the log knows."""
    known: dict[Place, Provenance] = {}
    for logged in log:
        change = logged.change
        for place in _places(change.removed):
            known.pop(place, None)
        for label, key in _places(change.added):
            known[(label, key)] = _brought(change, key)
        for move in change.moved:
            for key in move.keys:
                source = known.pop((move.label, key), None)
                known[(move.to, key)] = _moved(_brought(change, key), source)
        for one in change.reworded:
            source = known.pop((one.label, one.old), None)
            known[(one.label, one.new)] = _reworded(_brought(change, one.new), source)
    return known


def items_in(log: Iterable[Logged]) -> frozenset[str]:
    """Return the review items whose customers' words the examples have."""
    return frozenset(
        item
        for known in provenances(log).values()
        if known.origin.is_a_customers
        for item in known.items
    )


def _brought(change: PastChange, key: str) -> Provenance:
    """Return whence a new text is: a customer's words, or the author's own."""
    items = change.copied.get(key, ())
    own = change.copied and not items
    beside = () if change.item is None else (change.item,)
    return Provenance(
        by=change.by,
        at=change.at,
        why=change.why,
        origin=Origin.REWORDED if own else change.origin,
        items=items or beside,
        taken_at=change.at,
    )


def _moved(ours: Provenance, source: Provenance | None) -> Provenance:
    """Return whose decision the label is, and still whence the words are."""
    if source is None:
        return replace(ours, origin=Origin.BY_HAND, items=())
    return replace(
        ours, origin=source.origin, items=source.items, taken_at=source.taken_at
    )


def _reworded(ours: Provenance, source: Provenance | None) -> Provenance:
    """Return who answers for a text that took another's place.

    With a word mended here and there a customer's message stays the customer's. Words
    that were taken from it anew, as it is now, are as new as that.
    """
    if source is None or not source.origin.is_a_customers:
        return ours
    theirs = ours.items if ours.origin.is_a_customers else ()
    items = tuple(dict.fromkeys([*source.items, *theirs]))
    anew = set(source.items) <= set(theirs)
    since = ours.taken_at if anew else source.taken_at
    return replace(ours, origin=source.origin, items=items, taken_at=since)


def _places(keys: Mapping[Label, Sequence[str]]) -> list[Place]:
    return [(label, key) for label, found in keys.items() for key in found]


def _change(path: Path, number: int, line: str) -> PastChange:
    try:
        return _CONVERTER.structure(json.loads(line), PastChange)
    except (ValueError, TypeError, BaseValidationError):
        raise ConfigError(
            f"{path}:{number}: not the record of a change; expected a line that the "
            "program wrote: take it back from Git, or remove it"
        ) from None


def _digest(line: str) -> str:
    return hashlib.sha256(line.strip().encode()).hexdigest()[:12]
