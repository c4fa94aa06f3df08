"""What a sentence encoder is to everybody else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from bot.nlu.normalise import clean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_CHARACTERS = 2_000  # what lies behind is not encoded; bounds the time
MAX_TOKENS = 128  # likewise
_LINK = re.compile(r"https?://\S+|www\.\S+")
_HANDLE = re.compile(r"@\w+")
_SLASHES = "/\u2215 "  # at the beginning: somebody tries a command
_CODE = re.compile(r"\b[^\W\d_]{0,3}[-_ ]?\d{5,}\w*")


class SentenceEncoder(Protocol):
    """Turns texts into vectors that lie close together when the meaning does."""

    @property
    def identity(self) -> str:
        """Names the weights and the arithmetic: equal identities, equal vectors."""
        ...

    @property
    def width(self) -> int:
        """How many numbers a vector has."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text, (texts, width), in order.

        A text's vector does not depend on the texts beside it. Takes any text; one
        without content gets a vector too, which means nothing. Two threads may encode
        at once.
        """
        ...


def plain(text: str) -> str:
    """Return `text` without what means nothing to an encoder: handles, links, codes."""
    cleaned = clean(text[:MAX_CHARACTERS])
    if cleaned[:1].isspace() or cleaned[:1] in _SLASHES:
        cleaned = " ".join(cleaned.split()).lstrip(_SLASHES)
    for pattern, instead in ((_LINK, " "), (_HANDLE, " "), (_CODE, " number ")):
        cleaned = pattern.sub(instead, cleaned)
    return " ".join(cleaned.split())
