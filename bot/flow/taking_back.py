"""Examples with words that a customer took back, taken out of the training data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.errors import InputError
from bot.flow.trace import read_with
from bot.model.change import Applied, Change, RemoveExamples
from bot.model.event import Event, EventType
from bot.model.example import CorpusState, Label, Provenance
from bot.model.message import CustomerId, MessageId
from bot.model.review import ReviewId, ReviewState
from bot.ports.corpus import Corpus

BY: Final = "firstline"
WHY: Final = "forgotten"
DELETED: Final = "their customer deleted the message"
EDITED: Final = "their customer edited the message"
_TRIES: Final = 5  # each one that fails means that a trainer has just saved

NameItem = Callable[[CustomerId, MessageId], ReviewId]
Until = Mapping[str, datetime]
_ALWAYS: Final[Until] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """How many examples went. `alone` are labels whose every example would have gone.

    Those keep one, since a label has to have an example: people write others there.
    """

    examples: int = 0
    alone: tuple[Label, ...] = ()


def items_of(
    events: Sequence[Event], name: NameItem, *, message: str = ""
) -> frozenset[ReviewId]:
    """Return the review items that a customer's messages have, or once had.

    `events` are all of the customer's, one at least. With a `message` it is only those
    items in which that was read.
    """
    read = _read_in(events, message)
    return frozenset(name(events[0].customer, MessageId(id_)) for id_ in read)


def may_have_taught(events: Iterable[Event], items: Collection[ReviewId]) -> bool:
    """Tell whether a trainer changed the data beside one of these items."""
    return any(
        event.type is EventType.REVIEW_CLOSED
        and event.facts.get("state") == ReviewState.SETTLED.value
        and event.facts.get("review") in items
        for event in events
    )


async def take_back(
    corpus: Corpus,
    items: Collection[str],
    *,
    now: datetime,
    why: str = WHY,
    until: Until = _ALWAYS,
) -> TakenBack:
    """Remove all examples that have the words of `items`, as one change for `why`.

    Of an item that `until` names only words that were taken by then go. Without such
    examples the data stay as they are. A repetition finds what is left.

    Raises:
        ConfigError: a file is missing or broken, or cannot be written.
        InputError: others write all the time; nothing was changed.
    """
    await corpus.tidy()
    for _ in range(_TRIES):
        state = await corpus.read()
        edits, alone = _removals(state, items, until)
        if not edits:
            return TakenBack(alone=alone)
        change = Change(by=BY, why=why, edits=edits)
        done = await corpus.apply(change, expected=state.version, now=now)
        if isinstance(done, Applied):
            count = sum(len(edit.texts) for edit in edits)
            return TakenBack(examples=count, alone=alone)
    raise InputError("Trainers change the same examples at this moment.")


def _removals(
    state: CorpusState, items: Collection[str], until: Until
) -> tuple[tuple[RemoveExamples, ...], tuple[Label, ...]]:
    """Return what goes, and the labels that nothing else stands in."""
    theirs = {
        label: tuple(
            example.text for example in held if _is_of(example.provenance, items, until)
        )
        for label, held in state.labels.items()
    }
    theirs = {label: texts for label, texts in theirs.items() if texts}
    alone = tuple(la for la in theirs if len(theirs[la]) == len(state.labels[la]))
    going = {la: texts[1:] if la in alone else texts for la, texts in theirs.items()}
    edits = tuple(RemoveExamples(la, texts) for la, texts in going.items() if texts)
    return edits, alone


def _is_of(known: Provenance, items: Collection[str], until: Until) -> bool:
    """Tell whether an example has words of `items`, and those that count."""
    if not known.origin.is_a_customers:
        return False
    return any(
        item not in until or known.taken_at is None or known.taken_at <= until[item]
        for item in known.items
        if item in items
    )


def _read_in(events: Sequence[Event], message: str) -> set[str]:
    """Return all messages, or this one and what it was read together with."""
    named = [event for event in events if "message" in event.facts]
    if not message:
        return {event.facts["message"] for event in named}
    theirs = [event for event in named if event.facts["message"] == message]
    return {message}.union(*(read_with(events, event) for event in theirs))
