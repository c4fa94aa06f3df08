"""The training data as trainers see it: examples, labels and answers.

A *label* is an intent in full: "refund_status" or "faq/delivery_times". An example's
`marked` text holds its entities as Rasa writes them, "my [tent](product)"; its `text`
is the same without marks.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import NewType

from bot.model.message import Visibility

Label = NewType("Label", str)
CorpusVersion = NewType("CorpusVersion", str)  # changes with any byte of the files


class Origin(str, Enum):
    """From what kind of source an example comes."""

    WRITTEN = "written"  # a trainer's own sentence
    REWORDED = "reworded"  # a trainer's own sentence, beside a customer's message
    MESSAGE = "message"  # a customer's message word for word, as the network allows
    CONSENT = "consent"  # the same, and the customer agreed
    FOUNDING = "founding"  # came with the product
    BY_HAND = "by_hand"  # edited in the files: nobody said who, when or why

    @property
    def is_a_customers(self) -> bool:
        """Whether the words are a customer's."""
        return self in (Origin.MESSAGE, Origin.CONSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who brought an example in, when, why, and from what kind of source.

    `items` are the review items whose words it has; of an author's own sentence, the
    one beside which it was written. `taken_at` is when a customer's words came in, which
    whoever moves or mends them later does not change.
    """

    by: str
    at: datetime | None  # None: unknown
    why: str
    origin: Origin
    items: tuple[str, ...] = ()
    taken_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError(f"at must be timezone-aware: {self.at!r}")


UNKNOWN = Provenance(by="", at=None, why="", origin=Origin.BY_HAND)


@dataclass(frozen=True, slots=True)
class Mark:
    """An entity in an example's text; `start` and `end` count its characters."""

    kind: str
    start: int
    end: int
    value: str | None = None  # another spelling that it stands for


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One training example and where it stands. `line` counts from 1."""

    label: Label
    text: str
    marked: str
    file: str
    line: int
    marks: tuple[Mark, ...] = ()
    provenance: Provenance = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One wording of an answer. Without `channel` in the file it is private."""

    text: str
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response of the domain, named without `utter_` ("faq/stores", "greet")."""

    name: str
    variants: tuple[Variant, ...]
    file: str
    line: int
    # A dialogue's line with conditions is shown, and edited in the file only.
    editable: bool = True

    def of(self, visibility: Visibility) -> tuple[Variant, ...]:
        """Return the wordings for one visibility."""
        return tuple(v for v in self.variants if v.visibility is visibility)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusState:
    """The whole corpus at one moment."""

    version: CorpusVersion
    labels: Mapping[Label, tuple[Example, ...]] = field(repr=False)
    answers: Mapping[str, Answer] = field(repr=False)
    entity_kinds: tuple[str, ...] = ()


# What is said about an example, or an answer, before it is written.


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to know about a text. `blocks`: it cannot be saved like this."""

    code: str
    sentence: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An example that is like a text. `likeness` lies between 0.0 and 1.0."""

    example: Example
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What the other examples say to a text; the model's opinion is apart."""

    findings: tuple[Finding, ...]
    neighbours: tuple[Neighbour, ...] = ()  # the nearest anywhere, nearest first
    elsewhere: tuple[Neighbour, ...] = ()  # the nearest in other labels

    @property
    def may_be_saved(self) -> bool:
        """Whether nothing speaks against writing it."""
        return not any(finding.blocks for finding in self.findings)


def key_of(text: str) -> str:
    """Return under which key an example's text, without marks, is remembered.

    Blanks, case and ways of encoding the same letter make no difference.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:12]
