"""A trained model that is loaded when it has to read something it has not read before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from cattrs.preconf.json import make_converter

from bot import nlu
from bot.model.reading import Reading
from bot.nlu.engine import RasaEngine, load_model

KEPT: Final = 12  # remembered answers; two or three models come back again and again
_CONVERTER: Final = make_converter(detailed_validation=False)


class ModelReader:
    """Reads with one model. What it makes of the frozen messages is remembered.

    For the live model that spares loading it: it has read them as a candidate.
    """

    def __init__(self, model: Path, *, config: Path, kept: Path) -> None:
        """Prepare; nothing is loaded.

        Args:
            model: the model's file.
            config: the project's config.yml.
            kept: the folder of what is remembered; made if absent.
        """
        self._model, self._config, self._kept = model, config, kept
        self._engine: RasaEngine | None = None

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return one reading for each text, in order.

        Raises:
            ModelError: the model cannot be used.
        """
        if self._engine is None:
            self._engine = RasaEngine(load_model(self._model, config=self._config))
        return await self._engine.read(texts)

    async def read_frozen(self, texts: Sequence[str]) -> list[Reading]:
        """Do the same, or remember it. The texts are not stored, only the readings.

        Raises:
            ModelError: the model cannot be used.
        """
        file = self._kept / f"{_key(self._model, texts)}.json"
        if (known := _remembered(file)) is not None:
            return known
        readings = await self.read(texts)
        self._keep(file, readings)
        return readings

    def close(self) -> None:
        """Let go of the model."""
        if self._engine is not None:
            self._engine.close()

    def _keep(self, file: Path, readings: Sequence[Reading]) -> None:
        self._kept.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(".new")
        new.write_text(_CONVERTER.dumps(list(readings)), encoding="utf-8")
        new.replace(file)
        found = sorted(self._kept.glob("*.json"), key=lambda each: each.stat().st_mtime)
        for old in found[:-KEPT]:
            old.unlink(missing_ok=True)


def _remembered(file: Path) -> list[Reading] | None:
    try:
        return _CONVERTER.loads(file.read_text(encoding="utf-8"), list[Reading])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):  # by another version
        return None


def _key(model: Path, texts: Sequence[str]) -> str:
    """Return what decides the readings: the model, the texts, and the code around it."""
    digest = sha256(model.name.encode())
    for file in sorted(Path(nlu.__path__[0]).rglob("*.py")):
        digest.update(file.read_bytes())
    digest.update(json.dumps(list(texts)).encode())
    return digest.hexdigest()[:24]
