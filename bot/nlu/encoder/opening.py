"""Opens the encoder that config.yml names."""

from __future__ import annotations

from functools import lru_cache

from bot.nlu.encoder import given, minilm, multilingual
from bot.nlu.encoder.port import SentenceEncoder
from bot.nlu.encoder.weights import MINILM, MULTILINGUAL, folder_of, identity_of


def open_encoder(name: str) -> SentenceEncoder:
    """Return the encoder that config.yml names, loaded once in a process.

    Args:
        name: `minilm`, `multilingual`, a folder, or `hub:owner/model`.

    Raises:
        ConfigError: it is missing, altered or no encoder.
    """
    return _opened(name, identity_of(name))


@lru_cache(maxsize=2)
def _opened(name: str, _identity: str) -> SentenceEncoder:
    if name == MINILM:
        return minilm.open_minilm()
    if name == MULTILINGUAL:
        return multilingual.open_multilingual()
    return given.open_given(folder_of(name))
