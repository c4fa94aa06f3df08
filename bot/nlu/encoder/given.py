"""Encoders that the user brings: a folder, or a name that the model hub's cache holds.

A folder holds `tokenizer.json` and either `model.safetensors` with `config.json`, for
which the quick 8-bit graph is built if it is of BERT's kind, or `model.onnx`, which is
run as it is. `1_Pooling/config.json` is minded. Nothing is ever downloaded here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import ConfigError
from bot.nlu.encoder.bert import BertEncoder, open_session, open_tokenizer
from bot.nlu.encoder.bert_graph import BertShape
from bot.nlu.encoder.minilm import open_bert
from bot.nlu.encoder.weights import (
    FULL,
    TOKENIZER_FILE,
    identity_of_folder,
    weights_in,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

_NOT_EMPTY = 1e-9


def open_given(folder: Path) -> BertEncoder | PlainEncoder:
    """Load the folder's encoder.

    Raises:
        ConfigError: a file is missing or cannot be used.
    """
    weights, identity = weights_in(folder), identity_of_folder(folder)
    if weights.name == FULL:
        shape = _shape(folder)
        return open_bert(
            lambda: weights, folder / TOKENIZER_FILE, shape=shape, identity=identity
        )
    try:
        session = open_session(weights)
        tokenizer = open_tokenizer(folder / TOKENIZER_FILE)
        return PlainEncoder(
            session, tokenizer, identity=identity, first_token=_first(folder)
        )
    except ValueError as error:
        raise ConfigError(f"{weights}: cannot be used: {error}") from error


class PlainEncoder(BertEncoder):
    """Runs a graph that gives a vector for each token, and pools these itself."""

    def __init__(
        self,
        session: InferenceSession,
        tokenizer: Tokenizer,
        *,
        identity: str,
        first_token: bool,
    ) -> None:
        super().__init__(session, tokenizer, identity=identity)
        self._first_token = first_token

    def _run(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        shape = len(ids), len(ids[-1])
        given = {name: np.zeros(shape, np.int64) for name in self._inputs}
        mask = np.zeros(shape, np.int64)
        for row, each in enumerate(ids):
            mask[row, : len(each)] = 1
            given["input_ids"][row, : len(each)] = each
        if "attention_mask" in given:
            given["attention_mask"] = mask
        found: NDArray[np.float32] = self._session.run(None, given)[0]
        if found.ndim == 3:
            weight = mask[:, :, None]
            found = found[:, 0] if self._first_token else (found * weight).sum(axis=1)
        sizes = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(sizes, _NOT_EMPTY), dtype=np.float32)


def _shape(folder: Path) -> BertShape:
    file = folder / "config.json"
    said = _read(file)
    try:
        if said["model_type"] != "bert" or said.get("hidden_act") != "gelu":
            raise ConfigError(f"{file}: only encoders of BERT's kind; give model.onnx")
        return BertShape(
            layers=int(str(said["num_hidden_layers"])),
            heads=int(str(said["num_attention_heads"])),
            width=int(str(said["hidden_size"])),
            epsilon=float(str(said["layer_norm_eps"])),
            first_token=_first(folder),
        )
    except (KeyError, ValueError) as error:
        raise ConfigError(f"{file}: not the description of a BERT encoder") from error


def _first(folder: Path) -> bool:
    file = folder / "1_Pooling" / "config.json"
    return file.is_file() and bool(_read(file).get("pooling_mode_cls_token"))


def _read(file: Path) -> dict[str, object]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: cannot be read as JSON") from error
    if not isinstance(said, dict):
        raise ConfigError(f"{file}: expected an object")
    return said
