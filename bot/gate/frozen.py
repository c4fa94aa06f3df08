"""The frozen test set: messages that were written to measure by, never to learn from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import InputError
from bot.model.example import key_of
from bot.model.reading import OUT_OF_SCOPE
from bot.nlu.evaluation import load_held_out
from bot.nlu.request_figures import load_texts
from bot.nlu.sign_evaluation import load_labelled

SHIPPED = Path("tests/nlu")
OWN = Path(
    "data/frozen"
)  # trainers may add *.jsonl here, written like the shipped ones
_LABELLED = ("held_out_*.jsonl", "several.jsonl")
_OUTSIDE = "out_of_scope.jsonl"
_SIGNALS = "signals_*.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """One message with what people say about it.

    `label` is empty where nobody said what it is about, `needs_reply` None where nobody
    said whether it needs one. `also` are further requests in it.
    """

    id: str
    text: str
    label: str = ""
    also: tuple[str, ...] = ()
    needs_reply: bool | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Everything that it may rightly be read as."""
        return (self.label, *self.also) if self.label else ()


@dataclass(frozen=True, slots=True)
class FrozenSet:
    """The messages that count, and what a reader should know about the others."""

    messages: tuple[Frozen, ...]
    notes: tuple[str, ...] = ()


def load_frozen(project: Path) -> list[Frozen]:
    """Read the shipped messages and the trainers' own; there may be none.

    Raises:
        InputError: a line is not as expected; names file and line.
    """
    folder = project / SHIPPED
    labelled = [file for name in _LABELLED for file in sorted(folder.glob(name))]
    labelled += sorted((project / OWN).glob("*.jsonl"))
    found = [
        Frozen(
            id=each.id,
            text=each.text,
            label=each.label,
            also=each.also,
            needs_reply=each.needs_reply,
        )
        for each in load_held_out(labelled)
    ]
    outside = folder / _OUTSIDE
    if outside.is_file():
        found += _outside(outside)
    signals = load_labelled(sorted(folder.glob(_SIGNALS)))
    found += [
        Frozen(id=each.id, text=each.text, needs_reply=each.needs_reply)
        for each in signals
    ]
    return found


def _outside(file: Path) -> list[Frozen]:
    return [
        Frozen(id=f"o-{at:03}", text=text, label=OUT_OF_SCOPE)
        for at, text in enumerate(load_texts(file))
    ]


def that_count(
    messages: Sequence[Frozen], *, examples: Collection[str], labels: Collection[str]
) -> FrozenSet:
    """Leave out what cannot measure: messages that are examples, or of no label.

    Args:
        examples: the texts that models may have learned from.
        labels: those that the training data have.

    Raises:
        InputError: nothing is left, or two messages share an id.
    """
    learned = {key_of(text) for text in examples}
    fresh = [each for each in messages if key_of(each.text) not in learned]
    known = [each for each in fresh if not each.label or each.label in labels]
    if not any(each.label for each in known):
        raise InputError(
            f"no frozen messages to compare by: expected {SHIPPED}/held_out_*.jsonl or "
            f"{OWN}/*.jsonl"
        )
    if len({each.id for each in known}) < len(known):
        raise InputError("two frozen messages share an id; give each one of its own")
    kept = tuple(
        replace(each, also=tuple(label for label in each.also if label in labels))
        for each in known
    )
    return FrozenSet(kept, tuple(_notes(messages, fresh, known)))


def _notes(
    all_: Sequence[Frozen], fresh: Sequence[Frozen], known: Sequence[Frozen]
) -> list[str]:
    notes = []
    if count := len(all_) - len(fresh):
        notes.append(
            f"{count} test messages are training examples as well and do not count: "
            "a model has learned them by heart."
        )
    if gone := sorted({e.label for e in fresh} - {e.label for e in known}):
        notes.append(
            f"Test messages of {', '.join(gone)} do not count: there is no such "
            "intent any more."
        )
    return notes
