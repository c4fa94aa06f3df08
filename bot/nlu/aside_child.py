"""The child of bot.nlu.aside: questions as JSON lines in, answers as JSON lines out.

It ends with its parent, whose end closes its standard input.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from bot.errors import ConfigError, ModelError
from bot.nlu.aside import CONVERTER
from bot.nlu.engine import RasaEngine, load_model
from bot.nlu.unseen_quality import quality_of
from bot.nlu.unseen_readings import read_unseen

POLITE = 5  # below the workers, whom customers wait for


class Answering:
    """Answers questions with one model, which is loaded when first needed."""

    def __init__(self, model: Path, config: Path) -> None:
        self._model, self._config = model, config
        self._engine: RasaEngine | None = None
        self._told: object = None  # of its quality

    def answer(self, question: Mapping[str, object]) -> Mapping[str, object]:
        """Return {"answer": …}, or {"refused": why} if the model cannot be used."""
        kinds: dict[object, Callable[[Mapping[str, object]], object]] = {
            "read": self._read,
            "quality": self._quality,
        }
        try:
            return {"answer": kinds[question["ask"]](question)}
        except (ModelError, ConfigError) as error:
            return {"refused": str(error)}

    def _read(self, question: Mapping[str, object]) -> object:
        if self._engine is None:
            self._engine = RasaEngine(load_model(self._model, config=self._config))
        texts = CONVERTER.structure(question["texts"], list[str])
        return CONVERTER.unstructure(self._engine.read_now(texts))

    def _quality(self, _question: Mapping[str, object]) -> object:
        if self._told is None:
            self._told = CONVERTER.unstructure(quality_of(read_unseen(self._model)))
        return self._told


def main(model: str, config: str) -> None:
    """Answer until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    os.nice(POLITE)
    answering = Answering(Path(model), Path(config))
    with _own_output() as out:
        for line in sys.stdin.buffer:
            answer = answering.answer(json.loads(line))
            out.write(json.dumps(answer).encode() + b"\n")
            out.flush()


def _own_output() -> IO[bytes]:
    """Return standard output; what libraries print goes to standard error instead."""
    ours = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(ours, "wb")


if __name__ == "__main__":
    main(*sys.argv[1:])
