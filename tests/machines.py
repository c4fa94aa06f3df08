"""Machines that read with models: a folder, a shelf and a store that they share."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bot.clock import Clock, ManualClock
from bot.errors import ModelError
from bot.flow.model_watch import ModelWatch
from bot.flow.promotion import Promotion
from bot.log import Field
from bot.model.trained import Judgement, ModelName, Standing, TrainedModel
from bot.nlu.shelf import ModelShelf
from bot.store.models import RedisModels
from bot.store.processes import RedisProcesses
from tests.builders import NOON

BETTER = Judgement(passed=True, at=NOON, summary="Better.")
LARGE = 2_000_000  # bytes of a model that travels in several pieces


class InUse:
    """The port `ModelInUse` without Rasa: it reads with what it is told to."""

    def __init__(self, name: ModelName) -> None:
        self.name, self.tried = name, list[ModelName]()
        self.breaks: Exception | None = None

    async def use(self, name: ModelName) -> None:
        self.tried.append(name)
        if self.breaks is not None:
            raise self.breaks
        self.name = name

    def tidy(self) -> None:
        """Nothing to give back."""


class Machine:
    """A machine with a small project of its own; `train` makes files, no models."""

    def __init__(self, folder: Path, redis, clock: Clock | None = None) -> None:
        self.project, self.clock = folder / "project", clock or ManualClock(NOON)
        self.models = folder / "models"
        (self.project / "data" / "nlu").mkdir(parents=True)
        self.models.mkdir()
        (self.project / "config.yml").write_text("language: en\npipeline: []\n")
        (self.project / "domain.yml").write_text('version: "3.1"\n')
        self.edit("hello")
        self.shelf = ModelShelf(self.project, self.models)
        self.shared = RedisModels(redis)
        self.promotion = Promotion(
            self.shelf,
            self.shared,
            RedisProcesses(redis),
            carry=True,
            clock=self.clock,
        )
        self.logged: list[str] = []
        self.remembered = Standing()

    def edit(self, *greetings: str) -> None:
        """Give the project these examples."""
        lines = "".join(f"    - {one}\n" for one in greetings)
        self._write(f"nlu:\n- intent: greet\n  examples: |\n{lines}")

    def _write(self, text: str) -> None:
        (self.project / "data" / "nlu" / "talk.yml").write_text(text)

    def train(
        self, *greetings: str, size: int = 1000, judged: bool = True
    ) -> TrainedModel:
        """Put a model of these examples on the shelf, which the gate lets pass."""
        self.edit(*greetings)
        model = self._trained(size)
        return self.shelf.judge(model.name, BETTER) if judged else model

    def train_on(self, text: str) -> TrainedModel:
        """Put a model of this file of examples on the shelf."""
        self._write(text)
        return self._trained(1000)

    def _trained(self, size: int) -> TrainedModel:
        name = self.shelf.present()
        content = hashlib.sha256(name.encode()).digest() * (size // 32)
        self.shelf.path(name).write_bytes(content)
        return self.shelf.note(name, by="tara", why="greetings", at=self.clock.now())

    def watch(self, in_use: InUse, *, carry: bool = True) -> ModelWatch:
        """Return a process of this machine that follows the live model."""
        return ModelWatch(
            in_use,
            self.shelf,
            self.shared,
            carry=carry,
            remember=self.remember,
            clock=self.clock,
            log=self.log,
        )

    def remember(self, standing: Standing) -> None:
        self.remembered = standing

    def log(self, event: str, /, **fields: Field) -> None:
        self.logged.append(event)


BROKEN = ModelError("a component cannot use what is stored in it")


async def live(machine: Machine) -> str:
    standing = await machine.shared.standing()
    return standing.live.model if standing.live else ""


async def promote(machine: Machine, *greetings: str, size: int = 1000) -> ModelName:
    model = machine.train(*greetings, size=size)
    assert await machine.promotion.promote(model.name, by="tara", why="better")
    return model.name


async def look(machine: Machine, *watches) -> None:
    machine.clock.advance(1)
    for watch in watches:
        await watch.step()
