"""The pictures of a benchmark: what is confused, how sure is how right, what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from bot.bench.look import AMBER, GREEN, GREY, RED, drawn
from bot.nlubench.figures import PRECISION, Judged, confusions, coverage_curve
from bot.nlubench.report import Entry, Report

SHOWN = 25  # labels in the picture of confusions; more cannot be read
BINS = 10  # of equal width, as in the calibration error
COLOURS = (GREEN, AMBER, RED)
LOWEST = 0.5  # of the precision that is drawn
SQUARE = (9.0, 8.0)


def draw(report: Report, folder: Path) -> list[Path]:
    """Write the three pictures of one data set into `folder`; return their files."""
    judged = _judged(report.entries[0])
    name = report.name.value
    files = [
        folder / f"{name}-{what}.png"
        for what in ("confusion", "reliability", "coverage")
    ]
    draw_confusion(judged, name, files[0])
    draw_reliability(judged, name, files[1])
    draw_coverage(report.entries, name, files[2])
    return files


def draw_confusion(judged: Sequence[Judged], name: str, path: Path) -> None:
    """Draw how often which label was read as which, for the pairs confused most."""
    pairs = confusions(judged)
    shown = _most_confused(pairs) or sorted({each.label for each in judged})[:SHOWN]
    rows = [[pairs.get((right, read), 0) for read in shown] for right in shown]
    with drawn(path, size=SQUARE) as axes:
        axes.imshow(rows, cmap="YlOrRd", vmin=0)
        middle = max(chain(*rows), default=0) / 2
        for y, row in enumerate(rows):
            for x, count in enumerate(row):
                if count:
                    colour = "white" if count > middle else "black"
                    axes.text(
                        *(x, y, count), ha="center", va="center", color=colour, size=7
                    )
        places = range(len(shown))
        axes.set_xticks(places, shown, rotation=90, size=7)
        axes.set_yticks(places, shown, size=7)
        axes.set(
            xlabel="read as",
            ylabel="right",
            title=f"{name}: {sum(pairs.values()):,} of {len(judged):,} misread; "
            f"the {len(shown)} labels confused most",
        )


def _most_confused(pairs: Counter[tuple[str, str]]) -> list[str]:
    """Return the labels of the pairs confused most, so many that one can read them."""
    shown: set[str] = set()
    for pair, _ in pairs.most_common():
        if len(shown.union(pair)) <= SHOWN:
            shown.update(pair)
    return sorted(shown)


def draw_reliability(judged: Sequence[Judged], name: str, path: Path) -> None:
    """Draw how many are right of those that the model was so sure of."""
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for each in judged:
        if each.counts:
            bins[min(int(each.confidence * BINS), BINS - 1)].append(each)
    filled = [(place, those) for place, those in enumerate(bins) if those]
    sure = [sum(e.confidence for e in those) / len(those) for _, those in filled]
    right = [sum(e.right for e in those) / len(those) for _, those in filled]
    with drawn(path) as axes:
        axes.plot(
            [0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="ideal"
        )
        axes.bar(
            [(place + 0.5) / BINS for place, _ in filled],
            right,
            width=0.9 / BINS,
            color=GREEN,
            alpha=0.35,
        )
        axes.plot(sure, right, marker="o", color=GREEN, label="measured")
        for (place, those), share in zip(filled, right, strict=True):
            axes.annotate(
                f"{len(those):,}",
                ((place + 0.5) / BINS, share),
                xytext=(0, 6),
                textcoords="offset points",
                ha="center",
                size=7,
                color=GREY,
            )
        axes.set(
            xlabel="confidence",
            ylabel="share that is right (number: messages)",
            xlim=(0, 1),
            ylim=(0, 1.08),
            title=f"{name}: how sure, and how right",
        )
        axes.grid(visible=True, alpha=0.25)
        axes.legend(loc="upper left")


def draw_coverage(entries: Sequence[Entry], name: str, path: Path) -> None:
    """Draw how right the reading is if only the surest so many are read."""
    with drawn(path) as axes:
        for entry, colour in zip(entries, COLOURS, strict=False):
            curve = coverage_curve(_judged(entry))
            title = entry.contender.title
            axes.plot(*zip(*curve, strict=True), color=colour, label=title)
        axes.axhline(PRECISION, color=GREY, linestyle="--", linewidth=1)
        axes.annotate(
            f"{PRECISION:.0%} right",
            (0.01, PRECISION),
            xytext=(0, -4),
            textcoords="offset points",
            va="top",
            color=GREY,
        )
        axes.set(
            xlabel="share of the messages in scope that are read, the surest first",
            ylabel="share of these that is right",
            xlim=(0, 1),
            ylim=(LOWEST, 1.01),
            title=f"{name}: accuracy against coverage",
        )
        axes.grid(visible=True, alpha=0.25)
        axes.legend(loc="lower left")


def _judged(entry: Entry) -> list[Judged]:
    """Return the judged messages of all runs together."""
    return [each for run in entry.runs for each in run.judged]
