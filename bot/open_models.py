"""What has to do with trained models, put together without loading any."""

from __future__ import annotations

import json
from pathlib import Path

from bot.clock import Clock
from bot.flow.promotion import Promotion
from bot.model.trained import ModelName, Standing
from bot.nlu.shelf import ModelShelf
from bot.settings import Settings
from bot.store.whole import Store


class LiveNote:
    """A file of this machine that says which models the store named last.

    With it a start needs no store, and a training knows what to keep.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, standing: Standing) -> None:
        """Write down what the store says."""
        live = standing.live.model if standing.live else None
        made = self._path.with_suffix(".new")
        made.write_text(json.dumps({"live": live, "kept": standing.kept}))
        made.replace(self._path)

    def live(self) -> ModelName | None:
        """Return the model that was live; None if nothing is known."""
        found = self._read().get("live")
        return ModelName(found) if isinstance(found, str) else None

    def kept(self) -> tuple[ModelName, ...]:
        """Return the models that are to be kept on this machine."""
        found = self._read().get("kept")
        return tuple(map(ModelName, found)) if isinstance(found, list) else ()

    def _read(self) -> dict[str, object]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def open_shelf(settings: Settings) -> ModelShelf:
    """Return the models on this machine."""
    return ModelShelf(settings.project, settings.models)


def live_note(settings: Settings) -> LiveNote:
    """Return this machine's note of the live model."""
    return LiveNote(settings.var / "live-model.json")


def carries(settings: Settings) -> bool:
    """Tell whether the store brings models from machine to machine.

    Whoever uses a server through a Unix socket, such as the embedded one, is on one
    machine and shares a folder.
    """
    url = settings.redis_url
    return url is not None and not url.startswith("unix:")


def open_promotion(settings: Settings, store: Store, clock: Clock) -> Promotion:
    """Put together what people do with models."""
    return Promotion(
        open_shelf(settings),
        store.models,
        store.processes,
        carry=carries(settings),
        clock=clock,
    )
