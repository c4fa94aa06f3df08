"""Vectors of training examples, kept: after an edit only what is new is encoded.

An SQLite file, which two trainings may use at once. It holds digests of texts, never
texts. Whatever goes wrong with it costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.encoder.port import plain
from bot.nlu.progress import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.nlu.encoder.port import SentenceEncoder

KEPT = 200_000  # vectors; those not used for the longest time go first
PIECE = 512  # texts that are encoded, stored and told of together
_AT_ONCE = 2  # pieces: each is encoded by one thread
_ASKED_AT_ONCE = 500  # keys; SQLite takes up to 999
_WAIT_S = 30.0  # for another process that writes
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vectors"
    " (key BLOB PRIMARY KEY, vector BLOB NOT NULL, used INTEGER NOT NULL)"
)


def vectors_file() -> Path:
    """Return where vectors are kept: in the folder that the program writes."""
    return Path(os.environ.get("FIRSTLINE_VAR") or "var") / "embeddings.sqlite"


def embed(
    encoder: SentenceEncoder, texts: Sequence[str], *, file: Path
) -> NDArray[np.float32]:
    """Return the vectors of `texts`, (texts, width), from `file` where it has them."""
    keys = [_key(encoder, text) for text in texts]
    found = _read(file, keys, size=4 * encoder.width)
    missing = {
        key: text for key, text in zip(keys, texts, strict=True) if key not in found
    }
    for fresh in _encoded(encoder, list(missing.items())):
        _write(file, fresh)
        found.update(fresh)
    together = b"".join([found[key] for key in keys])
    return np.frombuffer(together, dtype=np.float32).reshape(len(texts), encoder.width)


def _key(encoder: SentenceEncoder, text: str) -> bytes:
    made = plain(text)  # what the encoder makes of it
    said = f"{encoder.identity}\n{made}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(said).digest()[:16]


def _encoded(
    encoder: SentenceEncoder, missing: Sequence[tuple[bytes, str]]
) -> Iterator[dict[bytes, bytes]]:
    """Yield the vectors by key, piece by piece; two at a time, as encoders allow it."""
    pieces = [missing[at : at + PIECE] for at in range(0, len(missing), PIECE)]

    def encode(piece: Sequence[tuple[bytes, str]]) -> dict[bytes, bytes]:
        vectors = encoder.encode([text for _, text in piece])
        keyed = zip(piece, vectors, strict=True)
        return {key: vector.tobytes() for (key, _), vector in keyed}

    if not missing:
        return
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="encoding") as threads:
        for number, vectors in enumerate(threads.map(encode, pieces)):
            yield vectors
            done = min((number + 1) * PIECE, len(missing))
            say(f"encoding examples: {done} of {len(missing)}")


def _read(file: Path, keys: Iterable[bytes], *, size: int) -> dict[bytes, bytes]:
    wanted = list(dict.fromkeys(keys))
    found: dict[bytes, bytes] = {}
    with _forgiving(file), _opened(file) as database:
        for start in range(0, len(wanted), _ASKED_AT_ONCE):
            asked = wanted[start : start + _ASKED_AT_ONCE]
            marks = ",".join("?" * len(asked))
            rows = database.execute(
                f"SELECT key, vector FROM vectors WHERE key IN ({marks})",  # noqa: S608 - only question marks
                asked,
            )
            found.update((key, vector) for key, vector in rows if len(vector) == size)
            database.execute(
                f"UPDATE vectors SET used = ({_NEXT}) WHERE key IN ({marks})",  # noqa: S608 - as above
                asked,
            )
    return found


_NEXT = "SELECT COALESCE(MAX(used), 0) + 1 FROM vectors"


def _write(file: Path, vectors: dict[bytes, bytes]) -> None:
    with _forgiving(file), _opened(file) as database:
        (turn,) = database.execute(_NEXT).fetchone()
        rows = [(key, vector, turn) for key, vector in vectors.items()]
        database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
        database.execute(
            "DELETE FROM vectors WHERE key IN"
            " (SELECT key FROM vectors ORDER BY used DESC LIMIT -1 OFFSET ?)",
            (KEPT,),
        )


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """Give the database for one transaction."""
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file, timeout=_WAIT_S)
    with contextlib.closing(connection) as database, database:
        database.execute(_SCHEMA)
        yield database


@contextlib.contextmanager
def _forgiving(file: Path) -> Iterator[None]:
    """Go on where the file cannot be used; one that is damaged is begun anew."""
    try:
        yield
    except (sqlite3.OperationalError, OSError):
        pass  # locked, read-only or full
    except sqlite3.DatabaseError:
        with contextlib.suppress(OSError):  # then it stays, and serves nobody
            file.unlink()
