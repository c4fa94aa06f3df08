"""What a model would be made from now, and an archive of the project's part of it."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from importlib.metadata import version
from pathlib import Path

from bot.errors import ConfigError, ModelError
from bot.model.trained import Origin
from bot.nlu.profile import encoder_identity
from bot.nlu.training import LIBRARIES, ingredients

_OURS = "bot/nlu/"


def origin_of(project: Path) -> Origin:
    """Return what a model of `project` would be made from, as its files are now.

    Raises:
        ConfigError: a file cannot be read.
    """
    found = {name: _read(file) for name, file in ingredients(project)}
    digests = {name: hashlib.sha256(found[name]).hexdigest() for name in found}
    return Origin(
        files={n: d for n, d in digests.items() if not n.startswith(_OURS)},
        code={n: d for n, d in digests.items() if n.startswith(_OURS)},
        libraries={name: version(name) for name in LIBRARIES},
        encoder=encoder_identity(project / "config.yml"),
    )


def snapshot_of(project: Path) -> bytes:
    """Return the project's files that shape a model as a tar.gz; equal files, equal bytes.

    Raises:
        ConfigError: a file cannot be read.
    """
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w") as archive,
    ):
        for name, file in ingredients(project):
            if not name.startswith(_OURS):
                content = _read(file)
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def files_in(snapshot: Path) -> dict[str, bytes]:
    """Return the files of a snapshot by their path in the project.

    Raises:
        ModelError: it is missing or damaged.
    """
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(snapshot, "r:gz") as archive:
            for entry in archive:
                stream = archive.extractfile(entry)
                if stream is not None:
                    found[entry.name] = stream.read()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ModelError(f"{snapshot} is missing or damaged") from error
    return found


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
