"""How the plots of the project look: one size, one set of colours, a light grid."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GREEN, AMBER, RED, GREY = "#2a9d8f", "#e9a23b", "#c8553d", "#666666"
SIZE = (8.0, 4.5)  # inches
DPI = 150


@contextmanager
def drawn(path: Path, *, size: tuple[float, float] = SIZE) -> Iterator[Axes]:
    """Yield axes to draw on; what is drawn is written as a PNG.

    Args:
        path: the file; its folder is made if absent.
        size: of the picture in inches.
    """
    mpl.use("Agg")
    from matplotlib import pyplot  # noqa: PLC0415 - only after a backend is chosen

    path.parent.mkdir(parents=True, exist_ok=True)
    figure, axes = pyplot.subplots(figsize=size, dpi=DPI)
    try:
        yield axes
        figure.tight_layout()
        figure.savefig(path)
    finally:
        pyplot.close(figure)
