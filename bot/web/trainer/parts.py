"""What the trainer's page stands on: everything that its routes are given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.clock import Clock
from bot.flow.promotion import Promotion
from bot.log import Log
from bot.model.example import Label
from bot.model.policy import Policy
from bot.model.quality import Quality
from bot.model.reading import Reading
from bot.model.trained import ModelName, TrainedModel
from bot.ports import ReviewWork
from bot.ports.corpus import AnswerFeedback, Corpus, ExampleFeedback
from bot.ports.shadow import ShadowTally
from bot.web.trainer.job import Job

Places = Mapping[str, tuple[float, float]]


class Reader(Protocol):
    """A model that reads for trainers, apart from the workers; bot.nlu.aside is one.

    Every method may take seconds while it is not `awake`, and raises ModelError if
    the model cannot be used, TemporaryFailure if no answer came.
    """

    @property
    def awake(self) -> bool:
        """Whether it answers at once."""
        ...

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return one reading for each text, in order."""
        ...

    async def quality(self) -> Quality:
        """Return how well it reads each label."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of the program that trainers see and work on.

    `present` names the model that the files as they are now make, trained or not.
    `shadowing` runs a model beside the live one, `tally` is what that has counted.
    `spread` places groups of texts on a plane, alike ones near, axes from 0.0 to 1.0; it
    may take minutes, and raises TemporaryFailure. `alone` names the labels in which one
    example of deleted words still stands. `report` is where the gate's page on a model is, if there is one.
    """

    corpus: Corpus
    examples: ExampleFeedback
    answers: AnswerFeedback
    reviews: ReviewWork
    reader: Reader
    alone: Callable[[], Sequence[Label]]
    spread: Callable[[Mapping[str, Sequence[str]]], Awaitable[Places]]
    promotion: Promotion
    training: Job
    shadowing: Job
    tally: ShadowTally
    present: Callable[[], Awaitable[ModelName]]
    report: Callable[[TrainedModel], Awaitable[Path | None]]
    current_policy: Callable[[], Policy]
    clock: Clock
    log: Log

    @property
    def policy(self) -> Policy:
        """The policy that is in force now."""
        return self.current_policy()
