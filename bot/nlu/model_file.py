"""The trained model as a file: found, whole, ours and of this version, or refused.

Rasa itself loads the newest other model in the folder if the wanted one is absent,
and imports whatever classes a model names; so everything is checked beforehand.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
import zlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from bot.errors import ModelError

REMEDY = "train a new one with `firstline nlu train`"
EXPECTED = (
    "bot.nlu.classifier.IntentModel",
    "bot.nlu.entities.SocialEntities",
    "bot.nlu.signals.SocialSignals",
)
TRUSTED = ("bot.nlu.", "rasa.")  # modules from which a model may name classes


def check_model(path: Path, *, expected: Iterable[str] = EXPECTED) -> None:
    """Make sure that `path` is a whole model of this program and version.

    Raises:
        ModelError: it is missing, damaged, altered, foreign or of another version;
            the message says which and what to do.
    """
    if not path.is_file():
        raise ModelError(f"no model at {path}: {REMEDY}")
    _check_seal(path)
    metadata = _metadata(path)
    trained_with = metadata.get("rasa_open_source_version")
    if trained_with != version("rasa"):
        raise ModelError(
            f"{path} was trained with Rasa {trained_with}, this is {version('rasa')}: "
            f"{REMEDY}"
        )
    used = _components(path, metadata)
    if missing := sorted(set(expected) - used):
        raise ModelError(f"{path} has no {', '.join(missing)}: {REMEDY}")
    if strange := sorted(name for name in used if not name.startswith(TRUSTED)):
        raise ModelError(f"{path} names foreign code ({', '.join(strange)}): {REMEDY}")


def seal(path: Path) -> Path:
    """Write the checksum of a model beside it, so that changes are noticed."""
    _seal_of(path).write_text(digest_of(path) + "\n", encoding="ascii")
    return _seal_of(path)


def _check_seal(path: Path) -> None:
    seal_file = _seal_of(path)
    if not seal_file.is_file():
        return  # made by `rasa train`, which writes none
    if seal_file.read_text(encoding="utf-8", errors="replace").strip() != digest_of(
        path
    ):
        raise ModelError(f"{path} was altered after training: {REMEDY}")


def _seal_of(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _metadata(path: Path) -> dict[str, object]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            stream = archive.extractfile("metadata.json")
            content = json.load(stream) if stream else None
    except (tarfile.TarError, OSError, EOFError, KeyError, ValueError, zlib.error) as e:
        raise ModelError(f"{path} is damaged or no Rasa model: {REMEDY}") from e
    if not isinstance(content, dict):
        raise ModelError(f"{path} is damaged or no Rasa model: {REMEDY}")
    return content


def _components(path: Path, metadata: dict[str, object]) -> set[str]:
    used: set[str] = set()
    for name in ("train_schema", "predict_schema"):
        schema = metadata.get(name)
        nodes = schema.get("nodes") if isinstance(schema, dict) else None
        if not isinstance(nodes, dict):
            raise ModelError(f"{path} is damaged or no Rasa model: {REMEDY}")
        used |= {str(node.get("uses")) for node in nodes.values()}
    return used
