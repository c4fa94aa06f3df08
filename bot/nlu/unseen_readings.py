"""What a model says of its own training examples had it never seen them.

Training holds examples out (all, or of many some thousand) to learn how far scores can be
believed. What came of that is kept in the model's file, one row an example and no text:
so a new model can be compared with the one before it without training either again.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import ModelError
from bot.model.reading import OUT_OF_SCOPE

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = "unseen.npz"
_HEX = 16  # digits of a digest: of a million texts hardly two would share one


@dataclass(frozen=True, slots=True)
class UnseenReading:
    """One training example, as a model that had not learned from it reads it.

    Read as a message is, but that all its words count as known.
    """

    digest: str  # of its text without marks, see `digest_of`
    label: str
    read_as: str
    confidence: float  # of `read_as`
    likely: float  # of `label`
    ours: float  # that it is about something of ours

    @property
    def right(self) -> bool:
        """Whether it is read as what it is."""
        return self.read_as == self.label


def digest_of(text: str) -> str:
    """Return what names an example's text, spaces around it apart."""
    said = text.strip().encode("utf-8", "surrogatepass")
    return hashlib.sha256(said).hexdigest()[:_HEX]


def read_unseen(model: Path) -> tuple[UnseenReading, ...]:
    """Return the readings kept in a model's file, in the order of its training.

    There are none where there was too little data to hold any out, and in older models.

    Raises:
        ModelError: the file is missing or damaged.
    """
    try:
        content = _stored(model)
        return _rows(content) if content else ()
    except (
        *(tarfile.TarError, zipfile.BadZipFile, zlib.error),
        *(OSError, EOFError, KeyError, ValueError, IndexError),
    ) as error:
        raise ModelError(f"{model}: its unseen readings cannot be read") from error


def save_unseen(
    folder: Path,
    texts: Sequence[str],
    wanted: NDArray[np.int64],
    likely: NDArray[np.float64],
    *,
    labels: Sequence[str],
) -> None:
    """Write what `read_unseen` reads into the `folder` of a model's component.

    Args:
        wanted: (texts,), the right columns.
        likely: (texts, labels), probabilities by a model that had not seen the text.
    """
    rows, best = np.arange(len(wanted)), likely.argmax(axis=1)
    ours = np.ones(len(wanted))
    if OUT_OF_SCOPE in labels:
        ours -= likely[:, labels.index(OUT_OF_SCOPE)]
    figures = np.column_stack([likely[rows, best], likely[rows, wanted], ours])
    np.savez_compressed(
        folder / FILE,
        digests=np.array([digest_of(text) for text in texts], dtype=f"S{_HEX}"),
        labels=np.array(labels),
        columns=np.column_stack([wanted, best]).astype(np.int32),
        figures=figures.astype(np.float32),
    )


def _stored(model: Path) -> bytes | None:
    with tarfile.open(model, "r:*") as archive:
        for member in archive:
            if Path(member.name).name == FILE and (
                stream := archive.extractfile(member)
            ):
                return stream.read()
    return None


def _rows(content: bytes) -> tuple[UnseenReading, ...]:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        names = arrays["labels"].tolist()
        digests = np.char.decode(arrays["digests"], "ascii").tolist()
        columns, figures = arrays["columns"].tolist(), arrays["figures"].tolist()
    return tuple(
        UnseenReading(digest, names[wanted], names[best], *shares)
        for digest, (wanted, best), shares in zip(
            digests, columns, figures, strict=True
        )
    )
