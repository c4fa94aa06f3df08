"""Graphs of encoders as they were built, kept: building one reads 91 MB of weights.

A kept graph is named by what it was built from, by the code that builds it and by the
digest of its own content; one that is not what its name says is built anew. Whatever goes
wrong with the folder costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from bot.nlu.encoder import bert_graph, onnx_file

KEPT = 3  # graphs; those built last
_BUILDERS = (bert_graph, onnx_file)


def graphs_folder() -> Path:
    """Return where graphs are kept: in the folder that the program writes."""
    return Path(os.environ.get("FIRSTLINE_VAR") or "var") / "encoders"


def kept_graph(
    identity: str, build: Callable[[], bytes], *, folder: Path
) -> Path | bytes:
    """Return the graph of the encoder called `identity`, built only if none is kept.

    It is the path of the kept one, since onnxruntime holds content that it is given a
    second time; the content itself where none could be kept.
    """
    name = _named(identity)
    with contextlib.suppress(OSError):  # what cannot be read is built
        for path in folder.glob(f"{name}-*.onnx"):
            if path.stem == f"{name}-{_digest(path.read_bytes())}":
                return path
    content = build()
    with contextlib.suppress(OSError):  # it serves this once without being kept
        return _keep(folder / f"{name}-{_digest(content)}.onnx", content)
    return content


def _named(identity: str) -> str:
    sources = [Path(str(module.__file__)).read_bytes() for module in _BUILDERS]
    return _digest(b"\n".join([identity.encode(), *sources]))[:16]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _keep(path: Path, content: bytes) -> Path:
    """Write it so that no half of it is ever seen, and drop the oldest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}")
    try:
        half.write_bytes(content)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)  # of a disk that is full
    graphs = sorted(path.parent.glob("*.onnx"), key=lambda each: each.stat().st_mtime)
    for old in graphs[:-KEPT]:
        old.unlink(missing_ok=True)
    return path
