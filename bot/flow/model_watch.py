"""Each process that reads follows the live model: fetches it, checks it, takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import ModelError, TemporaryFailure
from bot.flow.model_travel import LostError, fetch, fetch_report, offer
from bot.log import Log, place_of
from bot.model.trained import ModelName, Standing, TrainedModel
from bot.ports import ModelInUse, SharedModels, Shelf

LOOK_EVERY = timedelta(seconds=1)
AGAIN_AFTER = timedelta(minutes=1)  # a disk may have room again, a file be mended
PROGRAM = "firstline"  # who promotes the first model of a store
FIRST = "the first model of this store"


class ModelWatch:
    """Looks which model is live, and reads with it from the next batch on.

    What cannot be used is refused, with a line in the log and in the heartbeat, and the
    model that reads goes on. Only a process that has just started, and finds no live
    model or one that nobody can read with here, makes its own the live one.
    """

    def __init__(
        self,
        in_use: ModelInUse,
        shelf: Shelf,
        shared: SharedModels,
        *,
        carry: bool,
        remember: Callable[[Standing], None],
        clock: Clock,
        log: Log,
    ) -> None:
        """Begin with what is in use.

        Args:
            in_use: reads; is told what to read with.
            shelf: the models of this machine.
            shared: says which one is live.
            carry: whether the store carries models to machines.
            remember: writes down for the next start what the store says.
            clock: for when to look.
            log: what is taken or refused, by name.
        """
        self._in_use, self._shelf, self._shared = in_use, shelf, shared
        self._carry, self._remember = carry, remember
        self._clock, self._log = clock, log
        self._look_at: datetime | None = None
        self._again_at: datetime | None = None
        self._known: Standing | None = None
        self._refused: tuple[ModelName, str] | None = None
        self._replaced = False

    @property
    def name(self) -> ModelName:
        """What this process reads with."""
        return self._in_use.name

    @property
    def refused(self) -> str:
        """The live model that cannot be used here, with why; "" if there is none."""
        return "{}: {}".format(*self._refused) if self._refused else ""

    async def step(self) -> int:
        """Look, once a second; return 1 if the model was replaced.

        Raises:
            StoreUnavailable: the store is away; the same model reads on.
        """
        now = self._clock.now()
        if self._look_at is not None and now < self._look_at:
            return 0
        self._look_at = now + LOOK_EVERY
        if self._replaced:  # a second ago: every hand has taken the new one
            await asyncio.to_thread(self._in_use.tidy)
            self._replaced = False
        standing = await self._shared.standing()
        starting = self._known is None
        taken = await self._follow(standing, now, starting=starting)
        if standing != self._known:
            self._known = standing
            await asyncio.to_thread(self._keep, standing)
        return int(taken)

    async def _follow(
        self, standing: Standing, now: datetime, *, starting: bool
    ) -> bool:
        if standing.live is None:
            await self._introduce(standing, FIRST)
            return False
        name = standing.live.model
        if name == self._in_use.name:
            self._refused = None
            return False
        if self._refused and self._refused[0] == name and not self._is_due(now):
            return False
        try:
            await self._take(name)
        except LostError as error:
            self._refuse(name, str(error), now)
            if starting:
                await self._introduce(standing, f"instead of {name}: {error}")
            return False
        except TemporaryFailure:
            raise
        except Exception as error:  # noqa: BLE001 - the old model reads on, whatever it is
            why = str(error) if isinstance(error, ModelError) else _described(error)
            self._refuse(name, why, now)
            return False
        self._refused, self._replaced = None, True
        self._log("model_taken", model=name, epoch=standing.epoch)
        return True

    async def _take(self, name: ModelName) -> None:
        model = await self._shared.model(name)
        if model is None:
            raise LostError("the store has dropped it")
        foreign = model.origin.foreign_to(await asyncio.to_thread(self._shelf.here))
        if foreign:
            raise LostError(f"made by another version: {', '.join(foreign)}")
        if await fetch(model, self._shelf, self._shared):
            self._log("model_fetched", model=name, bytes=model.archive.size)
            await self._bring_report(model)
        await self._in_use.use(name)

    async def _bring_report(self, model: TrainedModel) -> None:
        """Have it here as long as the model is; reading does not wait for a better one."""
        try:
            await fetch_report(model, self._shelf, self._shared)
        except ModelError:
            self._log("report_damaged", model=model.name)

    async def _introduce(self, standing: Standing, why: str) -> None:
        """Make the model that reads here the live one, unless somebody was faster."""
        own = await asyncio.to_thread(self._shelf.model, self._in_use.name)
        if own is None:  # a model without manifest, such as that of a test
            return
        await offer(
            own, self._shelf, self._shared, carry=self._carry, clock=self._clock
        )
        done = await self._shared.promote(
            own.name, by=PROGRAM, why=why, now=self._clock.now(), epoch=standing.epoch
        )
        if done:
            self._log("model_introduced", model=own.name, why=why)

    def _refuse(self, name: ModelName, why: str, now: datetime) -> None:
        if self._refused != (name, why):
            self._log("model_refused", model=name, why=why)
        self._refused, self._again_at = (name, why), now + AGAIN_AFTER

    def _is_due(self, now: datetime) -> bool:
        return self._again_at is None or now >= self._again_at

    def _keep(self, standing: Standing) -> None:
        self._shelf.spare(standing.kept)
        self._remember(standing)


def _described(error: Exception) -> str:
    return f"{type(error).__name__} at {place_of(error)}"
