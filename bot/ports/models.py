"""Trained models: those on this machine, and which of them all machines read with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from bot.model.trained import (
    Hindrance,
    Judgement,
    ModelName,
    Origin,
    Part,
    Standing,
    TrainedModel,
)


class Shelf(Protocol):
    """The models on this machine, each with its manifest and a snapshot of its data.

    Blocking: on an event loop, call it in a thread.
    """

    def models(self) -> Sequence[TrainedModel]:
        """Return the manifests of all models here, the newest first."""
        ...

    def model(self, name: ModelName) -> TrainedModel | None:
        """Return a model's manifest; None if it is not here."""
        ...

    def judge(self, name: ModelName, judgement: Judgement) -> TrainedModel:
        """Write what the gate said into the manifest, and return it.

        The report's files that stand beside the model are sealed with it.

        Raises:
            ModelError: there is no such model.
        """
        ...

    def here(self) -> Origin:
        """Return what a model would be made from now, on this machine.

        Raises:
            ConfigError: a file of the project cannot be read.
        """
        ...

    def holds(self, model: TrainedModel) -> bool:
        """Tell whether its files are here and as they were sealed."""
        ...

    def pieces(self, model: TrainedModel, part: Part, size: int) -> Iterator[bytes]:
        """Yield a file of the model in pieces of `size` bytes, the last one shorter."""
        ...

    def report(self, model: TrainedModel) -> Mapping[Part, bytes]:
        """Return the files of the gate's report; empty if not all are here as sealed."""
        ...

    def put_report(self, model: TrainedModel, files: Mapping[Part, bytes]) -> None:
        """Keep the gate's report, and what it said if that is news here.

        Raises:
            ModelError: they are not what was sealed.
        """
        ...

    def receive(self, model: TrainedModel) -> AbstractContextManager[Receiving]:
        """Take a model that comes in pieces; without `finish` nothing of it stays."""
        ...

    def spare(self, names: Sequence[ModelName]) -> None:
        """Keep these when old models are dropped next."""
        ...


class Receiving(Protocol):
    """A model that is on its way to the shelf."""

    def take(self, part: Part, piece: bytes) -> None:
        """Append a piece to a file of the model."""
        ...

    def finish(self) -> None:
        """Put the model on the shelf, as a whole.

        Raises:
            ModelError: what came is not what was sealed.
        """
        ...


class SharedModels(Protocol):
    """The models as all machines share them: which one reads, and the files themselves."""

    async def standing(self) -> Standing:
        """Return which model is live, which were, and which is the shadow.

        The shadow is named whether or not its lease runs: see `Standing.at`.
        """
        ...

    async def model(self, name: ModelName) -> TrainedModel | None:
        """Return the manifest of a model that was offered; None if it is dropped."""
        ...

    async def offered(self) -> Mapping[ModelName, TrainedModel]:
        """Return the manifests of all models that were offered and not dropped."""
        ...

    async def begin_offer(self, model: TrainedModel, *, now: datetime) -> None:
        """Say that `model` comes in pieces; until its offer ends, nobody can use it."""
        ...

    async def carried(self, model: TrainedModel, part: Part) -> int:
        """Return how many pieces of the file are there, without a gap from the first."""
        ...

    async def carry(
        self, model: TrainedModel, part: Part, number: int, piece: bytes
    ) -> None:
        """Keep one piece of a file; the same piece again changes nothing."""
        ...

    async def end_offer(self, model: TrainedModel) -> None:
        """Make the manifest known: what machines need of the model is there."""
        ...

    def pieces(self, model: TrainedModel, part: Part) -> AsyncIterator[bytes]:
        """Yield the pieces of a file in order; none if the store does not carry it."""
        ...

    async def promote(
        self,
        name: ModelName,
        *,
        by: str,
        why: str,
        now: datetime,
        epoch: int | None = None,
        despite: Hindrance | None = None,
    ) -> bool:
        """Let every machine read with it from now on, and say so in an event.

        With `epoch` only if the standing still has that one; `despite` is kept with
        the term. Returns whether the live model has changed.

        Raises:
            ModelError: it was not offered, or is dropped.
        """
        ...

    async def shadow(
        self, name: ModelName | None, *, by: str, now: datetime, until: datetime
    ) -> bool:
        """Let it read beside the live one, None: none; tell whether that is new.

        `until` is when its process must have renewed its lease.

        Raises:
            ModelError: it was not offered, or is dropped.
        """
        ...

    async def renew_shadow(self, name: ModelName, *, until: datetime) -> bool:
        """Let the shadow's lease run until then; False if it is the shadow no more."""
        ...

    async def drop_old(self, *, now: datetime) -> int:
        """Remove what need not be kept; return how many offers.

        An offer is kept for some minutes: somebody may be about to promote it.
        """
        ...


class ModelInUse(Protocol):
    """The model with which this process reads."""

    @property
    def name(self) -> ModelName: ...

    async def use(self, name: ModelName) -> None:
        """Load a model of the shelf beside the present one, then read with it.

        What is in hand ends with the model it began with.

        Raises:
            ModelError: it cannot be used; the present one goes on.
        """
        ...

    def tidy(self) -> None:
        """Give back the memory of models that nothing is read with any more. Blocking."""
        ...
