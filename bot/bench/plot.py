"""Latency against load, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.bench.figures import Run
from bot.bench.look import AMBER, GREEN, GREY, RED, drawn
from bot.bench.rig import QUIET_MS

LINES = {"p50": GREEN, "p95": AMBER, "p99": RED}


def plot(levels: Sequence[Run], highest: float, path: Path) -> None:
    """Write a PNG of p50, p95 and p99 over the rate of messages.

    Args:
        levels: the runs below the highest rate.
        highest: messages a second at which everything is busy.
        path: the file; its folder is made if absent.
    """
    offered = [run.offered for run in levels]
    with drawn(path) as axes:
        for name, colour in LINES.items():
            values = [getattr(run.latency, name) for run in levels]
            axes.plot(offered, values, marker="o", color=colour, label=name)
        axes.axvline(highest, color=GREY, linestyle="--", linewidth=1)
        axes.annotate(
            f"highest rate: {highest:,.0f}/s",
            (highest, 0.97),
            xycoords=("data", "axes fraction"),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="top",
            color=GREY,
        )
        axes.set(
            xlabel="messages a second (open loop)",
            ylabel=f"ms from arrival to sent, {QUIET_MS} ms quiet time included",
            yscale="log",
            xlim=(0, highest * 1.05),
            title="Latency against load: the whole way, over HTTP, fsync with every write",
        )
        axes.grid(visible=True, which="both", alpha=0.25)
        axes.legend(loc="upper left")
