"""The model that a process reads with, replaced while it works.

A model is a pair, the engine that reads texts and the dialogue that takes turns. They
change together: a batch is read, and its dialogues are held, by the pair that was there
when it began.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.model.reading import Entity, Reading
from bot.model.trained import ModelName
from bot.nlu.dialogue import RasaDialogue
from bot.nlu.engine import LoadedModel, RasaEngine, load_model
from bot.nlu.shelf import name_of
from bot.ports.understanding import DialogueTurn

TRIED_ON: Final = ("Where is my order FH-482913?",)


@dataclass(frozen=True, slots=True)
class _Pair:
    engine: RasaEngine
    dialogue: RasaDialogue

    def using(self, model: LoadedModel) -> _Pair:
        return _Pair(self.engine.using(model), self.dialogue.using(model))


class ServedModel:
    """The port `ModelInUse`, and the hands that read with it.

    A new model is loaded in a thread beside the present one and tried before anything
    is read with it. The old one is given back when no hand holds it any more.
    """

    def __init__(
        self,
        model: LoadedModel,
        *,
        where: Callable[[ModelName], Path],
        config: Path,
        orders: Path | None = None,
    ) -> None:
        """Begin with a model that is loaded.

        Args:
            model: read with until another one is used.
            where: the file of a model, by its name.
            config: the project's config.yml.
            orders: see RasaDialogue.

        Raises:
            ConfigError: the dialogue's actions cannot be imported.
        """
        self._where, self._config = where, config
        self._name = name_of(model.path)
        self._pair = _Pair(RasaEngine(model), RasaDialogue(model, orders=orders))

    @property
    def name(self) -> ModelName:
        """The model that the next batch is read with."""
        return self._name

    async def use(self, name: ModelName) -> None:
        """Load a model of the shelf beside the present one, then read with it.

        Raises:
            ModelError: it cannot be used; the present one goes on.
        """
        loaded = await asyncio.to_thread(self._load, self._where(name))
        self._pair, self._name = self._pair.using(loaded), name

    def tidy(self) -> None:
        """Give memory back to the system; the C library would keep it for later.

        A quarter of a worker's, after a model was replaced.
        """
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:  # glibc's
            trim(0)

    def hand(self) -> Hand:
        """Return what one worker reads with."""
        return Hand(lambda: self._pair)

    def close(self) -> None:
        """Let go of the threads; what is in hand is finished first."""
        self._pair.dialogue.close()
        self._pair.engine.close()

    def _load(self, path: Path) -> LoadedModel:
        loaded = load_model(path, config=self._config)
        RasaEngine(loaded).read_now(TRIED_ON)
        return loaded


class Hand:
    """The ports `Understanding` and `Dialogue`, by one model from `take` to `take`."""

    def __init__(self, current: Callable[[], _Pair]) -> None:
        self._current = current
        self._pair = current()

    def take(self) -> None:
        """Let go of the model in hand and take the one that is current."""
        self._pair = self._current()

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return one reading for each text, in order; see the port."""
        return await self._pair.engine.read(texts)

    async def turn(
        self,
        text: str,
        *,
        label: str,
        confidence: float,
        entities: tuple[Entity, ...],
        state: str | None,
        now: datetime,
    ) -> DialogueTurn:
        """Take one turn; see the port."""
        return await self._pair.dialogue.turn(
            text,
            label=label,
            confidence=confidence,
            entities=entities,
            state=state,
            now=now,
        )
