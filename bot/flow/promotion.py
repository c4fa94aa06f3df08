"""A model goes live on all machines, or back: offered, promoted, and seen to be read with."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import ModelError
from bot.flow.heartbeat import FORGET_AFTER
from bot.model.process import Process
from bot.model.trained import (
    Hindrance,
    ModelName,
    Part,
    Standing,
    TrainedModel,
    hindrance_to,
)
from bot.ports import Processes, SharedModels, Shelf

PIECE = 768 * 1024  # bytes; as text in the store a megabyte
LOOK_S = 0.2
TAKES_S = 10.0  # until every process that lives reads with a new model


@dataclass(frozen=True, slots=True)
class Uptake:
    """Which processes read with the live model, and which do not."""

    taken: tuple[Process, ...] = ()
    waiting: tuple[Process, ...] = ()  # with another model, so far
    refused: tuple[Process, ...] = ()  # they say why in `model_refused`

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is to come."""
        return not self.waiting


async def offer(
    model: TrainedModel,
    shelf: Shelf,
    shared: SharedModels,
    *,
    carry: bool,
    clock: Clock,
) -> None:
    """Make a model of this machine known to all, with its files if `carry`.

    What is there already is not sent again, so whoever was killed may be followed.

    Raises:
        ModelError: its files are not here, or were altered.
    """
    known = await shared.model(model.name)
    if known is not None:
        await shared.begin_offer(known, now=clock.now())  # it is not dropped meanwhile
        if await _is_of_use(model, shared, carry=carry):
            if _is_judged_since(model, known):
                await shared.end_offer(model)
            return
    if not await asyncio.to_thread(shelf.holds, model):
        raise ModelError(f"{model.name} is not whole on this machine: train it anew")
    await shared.begin_offer(model, now=clock.now())
    if carry:
        for part in Part:
            await _carry(model, part, shelf, shared)
    await shared.end_offer(model)


def _is_judged_since(model: TrainedModel, known: TrainedModel) -> bool:
    """Tell whether the gate has judged the same bytes after they were offered."""
    if model.judgement is None or model.archive != known.archive:
        return False
    return known.judgement is None or known.judgement.at < model.judgement.at


async def _is_of_use(model: TrainedModel, shared: SharedModels, *, carry: bool) -> bool:
    """Tell whether what was offered of a model will do.

    Trained twice, it has other bytes, and the machine that offered them may be gone.
    """
    known = await shared.model(model.name)
    if known is None:
        return False
    if await shared.carried(known, Part.ARCHIVE):
        return True
    return not carry and known.archive == model.archive


async def _carry(
    model: TrainedModel, part: Part, shelf: Shelf, shared: SharedModels
) -> None:
    done = await shared.carried(model, part)
    pieces = enumerate(shelf.pieces(model, part, PIECE))
    while (found := await asyncio.to_thread(next, pieces, None)) is not None:
        number, piece = found
        if number >= done:
            await shared.carry(model, part, number, piece)


class Promotion:
    """What people do with models: put one live, go back, let one read beside it."""

    def __init__(
        self,
        shelf: Shelf,
        shared: SharedModels,
        processes: Processes,
        *,
        carry: bool,
        clock: Clock,
    ) -> None:
        """Put it together; `carry`: machines share nothing but the store."""
        self._shelf, self._shared, self._processes = shelf, shared, processes
        self._carry, self._clock = carry, clock

    async def standing(self) -> Standing:
        """Return which model is live, which were, and which is the shadow."""
        return await self._shared.standing()

    async def models(self) -> list[TrainedModel]:
        """Return all models that are here or in use anywhere, the newest first."""
        here = await asyncio.to_thread(self._shelf.models)
        found = {model.name: model for model in here}
        for name in (await self._shared.standing()).kept:
            if name not in found and (model := await self._shared.model(name)):
                found[name] = model
        return sorted(found.values(), key=lambda model: model.made_at, reverse=True)

    async def promote(
        self, name: ModelName, *, by: str, why: str, without_report: bool = False
    ) -> bool:
        """Let every machine read with a model; False if it is live already.

        What has no report, or was refused by the gate, goes live only
        `without_report` and with a reason; both stay in the model's history.

        Raises:
            ModelError: it is nowhere, is of another version than this program, or
                has no report that lets it pass.
        """
        model = await self._usable(name)
        despite = hindrance_to(model, await self.standing())
        if despite and not without_report:
            raise ModelError(_told(model))
        if despite and not why.strip():
            raise ModelError(f"say why {name} is to go live without a report")
        return await self._put_live(model, by=by, why=why, despite=despite)

    async def roll_back(self, *, by: str, why: str) -> ModelName:
        """Let every machine read with the model that was live before; return its name.

        The gate is not asked again, whatever it has said of it since.

        Raises:
            ModelError: there was none, or it cannot be used any more.
        """
        previous = (await self.standing()).previous
        if previous is None:
            raise ModelError("no other model was live before: there is no way back")
        await self._put_live(await self._usable(previous), by=by, why=why)
        return previous

    async def shadow(self, name: ModelName | None, *, by: str) -> bool:
        """Let a model read beside the live one, or none; tell whether that is new.

        Raises:
            ModelError: it is nowhere, is live, or is of another version.
        """
        if name is not None:
            if (await self._shared.standing()).is_live(name):
                raise ModelError(f"{name} is live: there is nothing to compare")
            await self._offered(await self._usable(name))
        return await self._shared.shadow(name, by=by, now=self._clock.now())

    async def uptake(self) -> Uptake:
        """Return which processes read with the live model at this moment."""
        live = (await self._shared.standing()).live
        alive = await self._processes.alive(now=self._clock.now(), ttl=FORGET_AFTER)
        return _uptake(live.model if live else None, [p for p in alive if p.model])

    async def until_taken(self, *, within_s: float = TAKES_S) -> Uptake:
        """Wait until all processes have taken the live model or refused it."""
        found = await self.uptake()
        for _ in range(round(within_s / LOOK_S)):
            if found.is_settled:
                break
            await self._clock.sleep(LOOK_S)
            found = await self.uptake()
        return found

    async def _usable(self, name: ModelName) -> TrainedModel:
        model = await asyncio.to_thread(self._shelf.model, name)
        model = model or await self._shared.model(name)
        if model is None:
            raise ModelError(f"there is no model {name}: see `firstline model list`")
        foreign = model.origin.foreign_to(await asyncio.to_thread(self._shelf.here))
        if foreign:
            raise ModelError(f"{name} is of another version: {', '.join(foreign)}")
        return model

    async def _put_live(
        self,
        model: TrainedModel,
        *,
        by: str,
        why: str,
        despite: Hindrance | None = None,
    ) -> bool:
        await self._offered(model)
        now = self._clock.now()
        done = await self._shared.promote(
            model.name, by=by, why=why, now=now, despite=despite
        )
        await self._shared.drop_old(now=now)
        return done

    async def _offered(self, model: TrainedModel) -> None:
        await offer(
            model, self._shelf, self._shared, carry=self._carry, clock=self._clock
        )


def _told(model: TrainedModel) -> str:
    """Say what stands in the way of a model, and what can be done."""
    if model.judgement is None:
        return (
            f"{model.name} has no report: `firstline train` compares a model of the "
            "files as they are with the live one. `--without-report --why …` lets it "
            "go live unseen"
        )
    return f"the gate refused {model.name}: {' '.join(model.judgement.reasons)}"


def _uptake(live: ModelName | None, readers: Sequence[Process]) -> Uptake:
    taken = tuple(p for p in readers if p.model == live)
    others = [p for p in readers if p.model != live]
    refused = tuple(p for p in others if p.model_refused.startswith(f"{live}:"))
    waiting = tuple(p for p in others if p not in refused)
    return Uptake(taken, waiting, refused)
