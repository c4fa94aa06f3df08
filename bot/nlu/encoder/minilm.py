"""The encoder that comes with the program: all-MiniLM-L6-v2, English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.errors import ConfigError
from bot.nlu.encoder.bert import BertEncoder, open_session, open_tokenizer
from bot.nlu.encoder.bert_graph import BertShape, bert_graph
from bot.nlu.encoder.kept_graph import graphs_folder, kept_graph
from bot.nlu.encoder.weights import MINILM_IDENTITY, TOKENIZER, WEIGHTS

SHAPE = BertShape(layers=6, heads=12, width=384, epsilon=1e-12)


def open_minilm() -> BertEncoder:
    """Check and load the weights.

    Raises:
        ConfigError: a file is missing or altered.
    """
    return open_bert(
        WEIGHTS.checked, TOKENIZER.checked(), shape=SHAPE, identity=MINILM_IDENTITY
    )


def open_bert(
    weights: Callable[[], Path], tokenizer: Path, *, shape: BertShape, identity: str
) -> BertEncoder:
    """Load the quick graph; build it from BERT's weights in full if none is kept.

    Raises:
        ConfigError: a file cannot be used.
    """
    graph = kept_graph(
        identity, lambda: _built(weights(), shape), folder=graphs_folder()
    )
    try:
        return BertEncoder(
            open_session(graph), open_tokenizer(tokenizer), identity=identity
        )
    except (OSError, ValueError) as error:
        raise ConfigError(f"{tokenizer.parent}: cannot be used: {error}") from error


def _built(weights: Path, shape: BertShape) -> bytes:
    # Only who builds needs them.
    # Its stubs do not name the error.
    from safetensors import SafetensorError  # type: ignore[attr-defined]  # noqa: PLC0415
    from safetensors.numpy import load_file  # noqa: PLC0415

    try:
        return bert_graph(load_file(weights), shape)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ConfigError(
            f"{weights.parent}: these are no weights of a BERT encoder: {error}"
        ) from error
