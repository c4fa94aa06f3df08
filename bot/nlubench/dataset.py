"""Sets of labelled messages: what to learn from, and what to be judged by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random

from bot.model.reading import FALLBACK

FEW = 10  # examples an intent
SEEDS = (0, 1, 2)
OUT_OF_SCOPE = "out_of_scope"  # as the project's own data call it


class Name(str, Enum):
    """A data set, as the command line and the output call it."""

    BANKING77 = "banking77"
    BANKING77_10 = "banking77-10"
    CLINC150 = "clinc150"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Sample:
    """A message and its right label; `needs_reply` None where nobody has said."""

    text: str
    label: str
    needs_reply: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """Examples for training and messages for judging, never the same ones.

    Attributes:
        outside: the label of what is out of scope; None if nothing is.
        judges_outside: whether `outside` is a label like any other when accuracy
            is counted. If not, accuracy is over messages in scope alone, and
            `outside` is passed over as a reading, as it is in published figures.
        is_own: the project's own data, which keep their labels and their domain.
    """

    name: Name
    train: tuple[Sample, ...]
    test: tuple[Sample, ...]
    outside: str | None = None
    judges_outside: bool = False
    is_own: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that there are examples of, in alphabetical order."""
        return tuple(sorted({sample.label for sample in self.train}))

    @property
    def passed_over(self) -> frozenset[str]:
        """The labels that are no answer when accuracy is counted."""
        if self.outside is None or self.judges_outside:
            return frozenset({FALLBACK})
        return frozenset({FALLBACK, self.outside})


def few_shot(whole: DataSet, *, each: int = FEW, seed: int) -> DataSet:
    """Return `whole` with `each` random examples a label; the same for a seed."""
    random = Random(seed)  # noqa: S311 - a sample, not a secret
    groups: dict[str, list[Sample]] = {label: [] for label in whole.labels}
    for sample in whole.train:
        groups[sample.label].append(sample)
    chosen = [
        sample
        for group in groups.values()
        for sample in random.sample(group, min(each, len(group)))
    ]
    return DataSet(name=Name.BANKING77_10, train=tuple(chosen), test=whole.test)


def fewest(samples: Sequence[Sample]) -> int:
    """Return how many examples the rarest label has."""
    return min(Counter(sample.label for sample in samples).values(), default=0)
