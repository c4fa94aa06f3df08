"""A model goes live on all machines, or back: offered, promoted, and seen to be read with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.errors import ModelError
from bot.flow.heartbeat import FORGET_AFTER
from bot.flow.model_travel import fetch_report, offer
from bot.model.process import Process
from bot.model.trained import (
    Hindrance,
    ModelName,
    Standing,
    TrainedModel,
    hindrance_to,
)
from bot.ports import Processes, SharedModels, Shelf

LOOK_S = 0.2
SHADOW_STARTS = timedelta(minutes=1)  # its process loads Rasa first
SHADOW_LEASE = FORGET_AFTER
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


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where a roll-back leads; `barred` says why it cannot go there, "" if it can."""

    to: ModelName
    barred: str = ""


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
        return (await self._shared.standing()).at(self._clock.now())

    async def models(self) -> list[TrainedModel]:
        """Return all models that are here or in use anywhere, the newest first."""
        here = await asyncio.to_thread(self._shelf.models)
        offered = await self._shared.offered()
        kept = (await self._shared.standing()).kept
        found = {name: offered[name] for name in kept if name in offered}
        for model in here:
            found[model.name] = model.judged_like(offered.get(model.name))
        return sorted(found.values(), key=lambda model: model.made_at, reverse=True)

    async def foreign(self, models: Iterable[TrainedModel]) -> dict[ModelName, str]:
        """Return which of these are of another version, and what of it is another."""
        here = await asyncio.to_thread(self._shelf.here)
        told = {model.name: model.origin.foreign_to(here) for model in models}
        return {name: ", ".join(parts) for name, parts in told.items() if parts}

    async def way_back(self) -> WayBack | None:
        """Return where a roll-back leads, and what bars it; None if there is none."""
        previous = (await self.standing()).previous
        if previous is None:
            return None
        try:
            await self._usable(previous)
        except ModelError as error:
            return WayBack(previous, str(error))
        return WayBack(previous)

    async def bring_report(self, model: TrainedModel) -> bool:
        """Bring the gate's report on a model here; tell whether it is as it was sealed.

        One of an earlier version was not sealed: it stands where it was written.
        """
        if await asyncio.to_thread(self._shelf.report, model):
            return True
        known = await self._shared.model(model.name) if self._carry else None
        if known is None or known.report != model.report:
            return False
        try:
            return await fetch_report(known, self._shelf, self._shared)
        except ModelError:  # it was sent anew in between, or the store was damaged
            return False

    async def promote(
        self, name: ModelName, *, by: str, why: str, without_report: bool = False
    ) -> bool:
        """Let every machine read with a model; False if it is live already.

        What has no report on how it does beside the live model, or was refused by the
        gate, goes live only `without_report` and with a reason; both stay in its history.

        Raises:
            ModelError: it is nowhere, is of another version than this program, or
                has no report that lets it pass.
        """
        model = await self._usable(name)
        standing = await self.standing()
        despite = hindrance_to(model, standing)
        if despite and not without_report:
            raise ModelError(_told(model, standing))
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
        now = self._clock.now()
        return await self._shared.shadow(
            name, by=by, now=now, until=now + SHADOW_STARTS
        )

    async def renew_shadow(self, name: ModelName) -> bool:
        """Say that a process reads with the shadow; False if that is another now."""
        until = self._clock.now() + SHADOW_LEASE
        return await self._shared.renew_shadow(name, until=until)

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
        here = await asyncio.to_thread(self._shelf.model, name)
        known = await self._shared.model(name)
        model = here.judged_like(known) if here else known
        if model is None:
            raise ModelError(f"there is no model {name}: see `firstline model list`")
        if foreign := (await self.foreign([model])).get(name):
            raise ModelError(f"{name} is of another version: {foreign}")
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


def _told(model: TrainedModel, standing: Standing) -> str:
    """Say what stands in the way of a model, and what can be done."""
    if model.judgement is None:
        return (
            f"{model.name} has no report: `firstline train` compares a model of the "
            "files as they are with the live one. `--without-report --why …` lets it "
            "go live unseen"
        )
    if model.judgement.passed and standing.live:
        return (
            f"{model.name} passed beside {model.judgement.against}, and now "
            f"{standing.live.model} is live, which may know what it does not: "
            "`firstline train` compares the files as they are with that. "
            "`--without-report --why …` lets it go live all the same"
        )
    return f"the gate refused {model.name}: {' '.join(model.judgement.reasons)}"


def _uptake(live: ModelName | None, readers: Sequence[Process]) -> Uptake:
    taken = tuple(p for p in readers if p.model == live)
    others = [p for p in readers if p.model != live]
    refused = tuple(p for p in others if p.model_refused.startswith(f"{live}:"))
    waiting = tuple(p for p in others if p not in refused)
    return Uptake(taken, waiting, refused)
