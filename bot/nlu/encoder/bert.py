"""Encoders of BERT's kind, run by onnxruntime on one thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.encoder.port import MAX_TOKENS, plain

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

BATCH_TOKENS = 512  # padding included; more fits no cache and is slower


class BertEncoder:
    """Runs a graph that takes ids and a mask and gives unit vectors.

    Texts of similar length go together, so that little is padded.
    """

    def __init__(
        self, session: InferenceSession, tokenizer: Tokenizer, *, identity: str
    ) -> None:
        self._session, self._tokenizer = session, tokenizer
        self._identity = identity
        self._inputs = [each.name for each in session.get_inputs()]
        self._width = int(session.get_outputs()[0].shape[-1])

    @property
    def identity(self) -> str:
        """See the port."""
        return self._identity

    @property
    def width(self) -> int:
        """See the port."""
        return self._width

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See the port."""
        found = self._tokenizer.encode_batch([plain(text) for text in texts])
        ids = [each.ids for each in found]
        vectors = np.zeros((len(texts), self._width), dtype=np.float32)
        for rows in _batches([len(each) for each in ids]):
            vectors[rows] = self._run([ids[row] for row in rows])
        return vectors

    def _run(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        shape = len(ids), len(ids[-1])
        padded, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for row, each in enumerate(ids):
            padded[row, : len(each)] = each
            mask[row, : len(each)] = 1
        given = dict(zip(self._inputs, (padded, mask), strict=True))
        vectors: NDArray[np.float32] = self._session.run(None, given)[0]
        return vectors


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the places of texts that are run together, the shortest first."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[place] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def open_session(model: Path | bytes) -> InferenceSession:
    """Load a graph, from its path or its content, to be run on one thread.

    Batches differ in shape: plans made for each, and memory taken in doubling steps, would
    hold 30 MB that nothing uses.

    Raises:
        ValueError: onnxruntime cannot use it.
    """
    import onnxruntime  # noqa: PLC0415 - a process that encodes nothing does without

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    options.enable_mem_pattern = False
    processor = "CPUExecutionProvider", {"arena_extend_strategy": "kSameAsRequested"}
    try:
        return onnxruntime.InferenceSession(model, options, providers=[processor])
    except Exception as error:  # its errors share no class of their own
        raise ValueError(str(error)) from error


def open_tokenizer(path: Path) -> Tokenizer:
    """Load a tokenizer.json; texts are cut and not padded.

    Raises:
        ValueError: it is damaged.
    """
    from tokenizers import Tokenizer  # noqa: PLC0415 - as above

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # it raises the base class itself
        raise ValueError(str(error)) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer
