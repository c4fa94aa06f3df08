"""A change of the training data, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Union

from bot.model.example import CorpusVersion, Label, Mark, Origin, Variant


@dataclass(frozen=True, slots=True)
class AddExamples:
    """Add marked texts at the end of a label's list."""

    label: Label
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveExamples:
    """Remove the examples with these texts, given without marks."""

    label: Label
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplaceExample:
    """Write `new`, with its marks, where the example with the text `old` stands."""

    label: Label
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MarkEntities:
    """Give the example with this text exactly these marks."""

    label: Label
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class MoveExamples:
    """Take examples out of one label and add them to another, marks and all."""

    label: Label
    texts: tuple[str, ...]
    to: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateLabel:
    """Begin a label with its first examples, marked.

    A standard answer ("faq/…") needs its `answer` at once: nothing may ever be said
    that nobody wrote. `beside` names a label that it should stand next to; by default
    the one whose name is most like it.
    """

    label: Label
    texts: tuple[str, ...]
    answer: tuple[Variant, ...] = ()
    beside: Label | None = None


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """Give an answer exactly these wordings, in this order."""

    name: str
    variants: tuple[Variant, ...]


Edit = Union[
    AddExamples,
    RemoveExamples,
    ReplaceExample,
    MarkEntities,
    MoveExamples,
    CreateLabel,
    EditAnswer,
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One commit-sized edit of the corpus, all of it or nothing.

    `item` is the review item that it answers. `copied` names, by new text, the items
    whose words it has: `origin` speaks of those, and the others are the author's own.
    Where it is empty, `origin` and `item` speak of all new texts.
    """

    by: str
    why: str
    edits: tuple[Edit, ...]
    origin: Origin = Origin.WRITTEN
    item: str | None = None
    copied: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change reads and writes: nobody else may change it meanwhile."""

    labels: frozenset[Label]
    answers: frozenset[str]


def touched_by(edits: Iterable[Edit]) -> Touched:
    """Return the labels and answers that `edits` touch."""
    labels: set[Label] = set()
    answers: set[str] = set()
    for edit in edits:
        if isinstance(edit, EditAnswer):
            answers.add(edit.name)
            continue
        labels.add(edit.label)
        if isinstance(edit, MoveExamples):
            labels.add(edit.to)
        if isinstance(edit, CreateLabel) and edit.answer:
            answers.add(edit.label)
    return Touched(frozenset(labels), frozenset(answers))


@dataclass(frozen=True, slots=True)
class Move:
    """Examples, by their keys, that went from one label to another."""

    label: Label
    to: Label
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rewording:
    """An example, by its keys, that another text took the place of."""

    label: Label
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChange:
    """A change as the log keeps it: who did what to which keys, and no text.

    `copied` is as in `Change`, by key.
    """

    by: str
    at: datetime
    why: str
    origin: Origin
    item: str | None = None
    copied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    added: Mapping[Label, tuple[str, ...]] = field(default_factory=dict)
    removed: Mapping[Label, tuple[str, ...]] = field(default_factory=dict)
    moved: tuple[Move, ...] = ()
    reworded: tuple[Rewording, ...] = ()
    marked: Mapping[Label, tuple[str, ...]] = field(default_factory=dict)
    answers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"at must be timezone-aware: {self.at!r}")

    @property
    def labels(self) -> frozenset[Label]:
        """The labels whose examples it changed."""
        ends = [label for move in self.moved for label in (move.label, move.to)]
        reworded = [one.label for one in self.reworded]
        return frozenset([*self.added, *self.removed, *self.marked, *reworded, *ends])


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The change is in the files. `merged`: somebody else's was there already."""

    version: CorpusVersion
    merged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Nothing was written: somebody else changed the same since it was looked at.

    `labels` and `answers` are those that both touch. `changes` are the others'
    changes as far as the log knows them; `by_hand` says that a file was edited, too.
    `known` is False if the version is so old that nothing is known of it: then all
    that the change touches is named.
    """

    version: CorpusVersion  # as it is now
    labels: tuple[Label, ...]
    answers: tuple[str, ...]
    changes: tuple[PastChange, ...] = ()
    by_hand: bool = False
    known: bool = True
