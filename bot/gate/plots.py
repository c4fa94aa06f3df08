"""The report's pictures, as SVG that takes its colours from the page around it.

The only module here that knows matplotlib. Colours are told apart by people who see no
red or green, and never alone: lines differ in their strokes, too.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import matplotlib as mpl

from bot.model.comparison import Curves, Measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN: Final = 14  # labels of a confusion; more cannot be read
SIZE: Final = (6.4, 4.0)  # inches
CELL: Final = 0.34  # inches
MARGIN: Final = 1.9  # inches, for the names beside the cells
FEWEST: Final = 8  # messages of a point; what fewer say is luck
LOWEST: Final = 0.7  # share right, of what is drawn
STRONGEST: Final = 0.55  # of a cell's colour: the number on it stays legible
# Stand-ins that become the page's own colours, so that it may be light or dark.
_INK, _FAINT, _BEFORE, _AFTER = "#010203", "#010204", "#010205", "#010206"
_COLOURS: Final = {
    _INK: "var(--ink)",
    _FAINT: "var(--faint)",
    _BEFORE: "var(--before)",
    _AFTER: "var(--after)",
}
_STYLE: Final = {
    "svg.fonttype": "none",  # letters stay letters
    "font.family": "sans-serif",
    "font.size": 9.5,
    "text.color": _INK,
    "axes.edgecolor": _FAINT,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}


def reliability(measured: Measured) -> str:
    """Draw how many are right of those that the model was so sure of."""
    with _drawn("reliability", "How sure the model was and how right") as (axes, svg):
        axes.plot([0, 1], [0, 1], color=_FAINT, linestyle=":", label="ideal")
        for curves, look, name in _both(measured):
            shown = [p for p in curves.reliability if p[2] >= FEWEST]
            sure, right = [p[0] for p in shown], [p[1] for p in shown]
            axes.plot(sure, right, label=name, **look)
        axes.set(
            xlabel="how sure the model was",
            ylabel="share that was right",
            xlim=(0, 1.02),
            ylim=(0, 1.02),
        )
        _finish(axes, "upper left")
    return svg()


def coverage(measured: Measured) -> str:
    """Draw how right the reading is if only the surest so many are read."""
    with _drawn("coverage", "How right it is if only the surest are read") as (
        axes,
        svg,
    ):
        for curves, look, name in _both(measured):
            shown = {**look, "marker": ""}
            axes.plot(*zip(*curves.coverage, strict=True), label=name, **shown)
        axes.set(
            xlabel="share of messages that are read, the surest first",
            ylabel="share of these that is right",
            xlim=(0, 1.02),
            ylim=(min(LOWEST, _lowest(measured)), 1.01),
        )
        _finish(axes, "lower left")
    return svg()


def confusion(curves: Curves | None, names: Sequence[str], *, salt: str) -> str:
    """Draw how often which of `names` was read as which other; "" if there are none."""
    if curves is None or not names:
        return ""
    counts = {(right, read): count for right, read, count in curves.confused}
    most = max((counts.get((a, b), 0) for a in names for b in names), default=0)
    side = MARGIN + CELL * len(names)
    about = f"Which intents were read as which other, {salt}"
    with _drawn(f"confusion-{salt}", about, size=(side + 0.2, side)) as (axes, svg):
        for y, right in enumerate(names):
            for x, read in enumerate(names):
                _cell(axes, x, y, counts.get((right, read), 0), most)
        places = range(len(names))
        axes.set_xticks(list(places), names, rotation=90)
        axes.set_yticks(list(places), names)
        axes.set(
            xlabel="was read as",
            ylabel="right",
            xlim=(-0.5, len(names) - 0.5),
            ylim=(len(names) - 0.5, -0.5),
        )
        axes.tick_params(length=0)
    return svg()


def confused_labels(measured: Measured) -> list[str]:
    """Return the labels to show: of the pairs that changed most, then the commonest."""
    before = _confused(measured.before.curves if measured.before else None)
    after = _confused(measured.after.curves)

    def weight(pair: tuple[str, str]) -> tuple[int, int, tuple[str, str]]:
        changed = abs(after[pair] - before[pair])
        return (-changed if changed > 1 else 0, -max(after[pair], before[pair]), pair)

    shown: dict[str, None] = {}
    for pair in sorted(before | after, key=weight):
        if len(shown.keys() | set(pair)) <= SHOWN:
            shown.update(dict.fromkeys(pair))
    return sorted(shown)


def _confused(curves: Curves | None) -> Counter[tuple[str, str]]:
    found = curves.confused if curves else ()
    return Counter({(right, read): count for right, read, count in found})


def _cell(axes: Axes, x: int, y: int, count: int, most: int) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - needs the backend

    corner = (x - 0.46, y - 0.46)
    if x == y or not count:
        colour, strength = _FAINT, 0.22 if x == y else 0.06
    else:
        colour, strength = _AFTER, STRONGEST * (0.25 + 0.75 * count / most)
    axes.add_patch(
        Rectangle(corner, 0.92, 0.92, facecolor=colour, alpha=strength, linewidth=0)
    )
    if count and x != y:
        axes.text(x, y, str(count), ha="center", va="center", size=8.5)


def _both(measured: Measured) -> Iterator[tuple[Curves, dict[str, object], str]]:
    if measured.before is not None:
        look = {"color": _BEFORE, "linestyle": "--", "marker": "s", "markersize": 4}
        yield measured.before.curves, look, "before"
    look = {"color": _AFTER, "linestyle": "-", "marker": "o", "markersize": 4}
    yield measured.after.curves, look, "after"


def _lowest(measured: Measured) -> float:
    return min(
        point[1] for curves, _, _ in _both(measured) for point in curves.coverage
    )


def _finish(axes: Axes, corner: str) -> None:
    axes.grid(visible=True, color=_FAINT, alpha=0.3, linewidth=0.6)
    axes.legend(loc=corner)


class _Svg:
    """What was drawn, once it is."""

    text = ""

    def __call__(self) -> str:
        return self.text


@contextmanager
def _drawn(
    salt: str, about: str, *, size: tuple[float, float] = SIZE
) -> Iterator[tuple[Axes, _Svg]]:
    """Yield axes to draw on, and what returns the SVG afterwards.

    The same drawing gives the same bytes; `salt` keeps the ids of pictures apart that
    stand in one page; `about` is for people who cannot see them.
    """
    mpl.use("Agg")
    from matplotlib import pyplot  # noqa: PLC0415 - only after a backend is chosen

    svg = _Svg()
    with mpl.rc_context({**_STYLE, "svg.hashsalt": salt}):
        figure, axes = pyplot.subplots(figsize=size)
        try:
            figure.patch.set_alpha(0)
            axes.patch.set_alpha(0)
            yield axes, svg
            figure.tight_layout()
            stream = io.StringIO()
            figure.savefig(stream, format="svg", metadata={"Date": None})
            svg.text = _with_page_colours(stream.getvalue(), about)
        finally:
            pyplot.close(figure)


def _with_page_colours(text: str, about: str) -> str:
    """Return what can stand inside a page: no head, the page's colours and fonts."""
    start = text.index("<svg") + len("<svg")
    text = f'<svg role="img" aria-label="{about}"{text[start:]}'
    for stand_in, colour in _COLOURS.items():
        text = text.replace(stand_in, colour)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font: \1px var(--font)", text)
    return re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
