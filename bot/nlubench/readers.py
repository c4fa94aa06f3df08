"""Trained models of any pipeline, as something that reads texts.

Whatever the pipeline is, the same runner runs its graph: ours, which spares Rasa's
own planning of each run. So the comparison is in favour of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, cast

import cattrs

from bot.model.reading import Reading
from bot.nlu.bootstrap import prepare
from bot.nlu.engine import RasaEngine, load_model

RANKED = 4  # labels of one reading that are looked at: the engine tells no more


@dataclass(frozen=True, slots=True)
class Found:
    """What was read: labels with confidence, likeliest first."""

    ranking: tuple[tuple[str, float], ...]
    needs_reply: float | None = None


class Reader(Protocol):
    """A loaded model."""

    def read(self, texts: Sequence[str]) -> list[object]:
        """Run the graph once for all `texts`; `found` tells what came of it."""
        ...

    def found(self, read: object) -> Found:
        """Return what was read in one text."""
        ...


class OurReader:
    """Our model behind our engine, as a worker has it."""

    def __init__(self, model: Path, config: Path) -> None:
        self._engine = RasaEngine(load_model(model, config=config))

    def read(self, texts: Sequence[str]) -> list[object]:
        return list(self._engine.read_now(texts))

    def found(self, read: object) -> Found:
        if not isinstance(read, Reading):
            raise TypeError(f"not a reading: {type(read).__name__}")
        others = [*read.requests[1:], *read.alternatives]
        others.sort(key=lambda request: -request.confidence)
        return Found(
            tuple((each.label, each.confidence) for each in (read.top, *others)),
            read.signals.needs_reply,
        )


class Parsed(Protocol):
    """A message of Rasa's that its graph has read."""

    def get(self, prop: str, default: object = None) -> object: ...


class RasaReader:
    """A model with Rasa's own components alone."""

    def __init__(self, model: Path, config: Path) -> None:
        prepare(config)
        from bot.nlu import runtime  # noqa: PLC0415 - Rasa must come after `prepare`

        agent = runtime.open_agent(model)
        self._parse: Callable[[Sequence[str]], Sequence[Parsed]] = partial(
            runtime.parse, agent
        )

    def read(self, texts: Sequence[str]) -> list[object]:
        return list(self._parse(texts))

    def found(self, read: object) -> Found:
        ranking = cast("Parsed", read).get("intent_ranking")
        best = cattrs.structure(ranking or [], list[_Ranked])[:RANKED]
        return Found(tuple((each.name, each.confidence) for each in best))


@dataclass(frozen=True, slots=True)
class _Ranked:
    name: str
    confidence: float


def open_reader(model: Path, config: Path, *, ours: bool) -> Reader:
    """Load `model`, which was trained with `config`.

    Raises:
        ModelError: it cannot be loaded.
    """
    return OurReader(model, config) if ours else RasaReader(model, config)
