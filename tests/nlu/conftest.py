"""The model that is shipped, reading."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.nlu.engine import LoadedModel, RasaEngine


@pytest.fixture(scope="module")
def engine(loaded_model: LoadedModel) -> Iterator[RasaEngine]:
    made = RasaEngine(loaded_model)
    yield made
    made.close()
