"""What a new model does differently from the live one, and whether it may take over.

Made by the gate, kept with the model, shown by the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Code(str, Enum):
    """Why a candidate is refused."""

    PROTECTED_LOSES = "protected_loses"  # a protected intent is recognised less often
    LESS_RIGHT = "less_right"  # fewer messages are read right
    CALIBRATION_WORSE = "calibration_worse"  # its confidence says less of the truth
    SCOPE_WORSE = "scope_worse"  # what is not ours is told less well from what is
    COVERAGE_FELL = "coverage_fell"  # it is sure enough of fewer messages
    SPEAKS_WRONGLY = "speaks_wrongly"  # it would give more wrong answers by itself
    SPEAKS_OUTSIDE = "speaks_outside"  # it would answer more that is not ours
    REPLIES_MISSED = "replies_missed"  # it knows less well what needs a reply
    NAMES_LOST = "names_lost"  # it no longer finds what it has found in messages
    PUBLIC_SAFETY = "public_safety"  # something could be said in public that must not


class Source(str, Enum):
    """Where the messages come from on which two models are compared."""

    FROZEN = "frozen"  # written for this, never trained on
    CROSS_VALIDATION = "cross_validation"  # examples, read by who has not seen them


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One reason against a candidate, as a code and as a sentence for people.

    `label` is the intent that it is about, if it is about one.
    """

    code: Code
    sentence: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says: a candidate passes if nothing speaks against it."""

    objections: tuple[Objection, ...] = ()

    @property
    def passes(self) -> bool:
        return not self.objections


@dataclass(frozen=True, slots=True)
class Guess:
    """As what one model read a message, and how sure it was, from 0.0 to 1.0."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedReading:
    """A message that two models read as different labels, not both of them rightly.

    `wanted` is the right label; of several the one that was read.
    """

    source: Source
    id: str
    before: Guess
    after: Guess
    text: str
    wanted: str

    @property
    def better(self) -> bool:
        """Whether it was wrong and is right."""
        return self.after.label == self.wanted

    @property
    def worse(self) -> bool:
        """Whether it was right and is wrong."""
        return self.before.label == self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFigures:
    """How one label was read: messages of it, those read as it, those of both."""

    there: int
    found: int
    right: int

    @property
    def recall(self) -> float:
        """Share of its messages that was recognised; 1.0 if there are none."""
        return self.right / self.there if self.there else 1.0

    @property
    def precision(self) -> float:
        """Share of what was read as it that is right; 1.0 if nothing was."""
        return self.right / self.found if self.found else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChange:
    """One label before and after, on messages of `source` that both models read.

    `won` counts its messages that became right, `lost` those that became wrong;
    `chance` is how likely at least so many are lost if nothing has changed.
    """

    label: str
    source: Source
    protected: bool
    before: LabelFigures | None  # None: there is no live model
    after: LabelFigures
    won: int = 0
    lost: int = 0
    chance: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How well one model reads messages of one source; shares from 0.0 to 1.0.

    Attributes:
        accuracy: share read as the right label, or as a further request of it.
        reply_f1: how well it is known what needs a reply; None where nobody said.
        calibration_error: mean gap between confidence and share right.
        scope_auroc: how well what is ours is told from what is not; None: not asked.
        coverage: share of messages of which the bot is sure enough to act alone.
        spoken_wrong: messages that it would answer by itself, and wrongly.
        spoken_outside: messages that are none of ours which it would answer as such.
    """

    messages: int
    accuracy: float
    macro_f1: float
    calibration_error: float
    coverage: float
    spoken_wrong: int
    spoken_outside: int = 0
    reply_f1: float | None = None
    scope_auroc: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """What the plots of one model show.

    Attributes:
        reliability: (mean confidence, share right, messages) by bins of confidence.
        coverage: (share of messages read, share of these right), the surest first.
        confused: (right, read as, how often), the most frequent first.
    """

    reliability: tuple[tuple[float, float, int], ...]
    coverage: tuple[tuple[float, float], ...]
    confused: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two models, on messages of one source."""

    figures: Figures
    curves: Curves


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Both models on the same messages of one source; `before` is the live one."""

    source: Source
    before: Side | None
    after: Side
    labels: tuple[LabelChange, ...]
    changed: tuple[ChangedReading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """So many recent messages went from one label to another; their ids."""

    before: str
    after: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """What would have been read differently of what customers wrote lately."""

    messages: int
    days: int
    shifts: tuple[Shift, ...]  # the most frequent first

    @property
    def changed(self) -> int:
        return sum(len(shift.ids) for shift in self.shifts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A candidate beside the live model, and what follows from it.

    Attributes:
        live: the live model's name; empty if there is none.
        notes: what a reader should know beside it, such as what could not be compared.
    """

    candidate: str
    live: str
    verdict: Verdict
    measured: tuple[Measured, ...]
    recent: Recent | None = None
    notes: tuple[str, ...] = ()
