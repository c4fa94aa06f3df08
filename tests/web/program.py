"""The whole real program in a thread, as `firstline run` puts it together."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.app import open_firstline
from bot.log import Field
from bot.nlu.shelf import name_of
from bot.nlu.training import model_path, train
from bot.open_trainer import open_trainer
from bot.settings import Settings
from bot.web.app import create_app
from bot.web.serve import listen, serve

PROJECT = Path(__file__).parents[2]
START_S = 120  # the model is trained first if the data changed
T = TypeVar("T")


@dataclass
class Program:
    """One running program. `problem` is what ended it, if not `stop`.

    `project` holds the files that trainers edit. Its model is trained if need be, into
    the folder of all tests; a copied project has its models in a folder of its own.
    """

    folder: Path
    port: int
    project: Path = PROJECT
    ready: threading.Event = field(default_factory=threading.Event)
    problem: Exception | None = None
    logged: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log(self, event: str, /, **fields: Field) -> None:
        self.logged.append(event)

    def start(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.ready.wait(START_S), "the program does not start"
        if self.problem:
            raise self.problem

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(10)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 - goes to the test's own thread
            self.problem = error
        finally:
            self.ready.set()

    @property
    def has_own_models(self) -> bool:
        return self.project != PROJECT

    def _model(self, settings: Settings) -> Path:
        if self.has_own_models:
            return model_path(self.project, settings.models)
        models = Path(os.environ.get("FIRSTLINE_VAR", PROJECT / "var")) / "models"
        return train(PROJECT, models, progress=print)

    def run_inside(self, work: Coroutine[None, None, T]) -> T:
        """Run `work` on the program's own event loop, which its store belongs to."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(START_S)

    async def _serve(self) -> None:
        self.loop, self.stopping = asyncio.get_running_loop(), asyncio.Event()
        settings = Settings.from_env(self.project, {"FIRSTLINE_VAR": str(self.folder)})
        model = self._model(settings)
        async with AsyncExitStack() as stack:
            opening = open_firstline(
                settings, model=model, log=self.log, follow_models=self.has_own_models
            )
            self.firstline = firstline = await stack.enter_async_context(opening)
            trainer = await stack.enter_async_context(open_trainer(firstline))
            page = create_app(
                network=firstline.simulator.network,
                desk=firstline.desk,
                work=firstline.relay,
                incidents=firstline.incident_desk,
                cases=firstline.store.cases,
                events=firstline.store.events,
                policy=lambda: firstline.policy,
                labels=lambda: [*firstline.policy.intents, "faq/delivery_times"],
                model_name=lambda: name_of(model),
                address=("127.0.0.1", self.port),
                quiet=firstline.store.quiet,
                money=firstline.money,
                drift=firstline.drift,
                clock=firstline.clock,
                trainer=trainer,
                log=self.log,
            )
            self.ready.set()
            await asyncio.gather(
                firstline.run(self.stopping),
                serve(page, listen("127.0.0.1", self.port), self.stopping),
            )
