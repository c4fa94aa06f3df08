"""Figures as a table beside their targets, and as plain JSON."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from bot.nlubench.contest import Contender, Result
from bot.nlubench.dataset import Name
from bot.nlubench.figures import Quality
from bot.nlubench.job import Trained
from bot.nlubench.report import KINDS, Entry, Report
from bot.nlubench.serving import Served

RESULT = Result(
    contender="firstline",
    quality=Quality(
        messages=3_080,
        accuracy=0.951,
        accuracy_served=0.94,
        macro_f1=0.93,
        auroc=None,
        calibration_error=0.05,
        coverage_at_95=0.9,
        needs_reply_f1=None,
    ),
    served=Served(
        load_s=1.5,
        load_cpu_s=1.2,
        p50_ms=2.0,
        p95_ms=3.0,
        p50_cpu_ms=1.0,
        p95_cpu_ms=1.5,
        single_per_s=400.0,
        single_per_cpu_s=500.0,
        batched_per_s=1_500.0,
        batched_per_cpu_s=2_000.0,
        pss_mb=300.0,
        rss_mb=350.0,
        model_mb=12.0,
    ),
    trained=Trained(model="m", wall_s=61.0, cpu_s=80.0, peak_mb=500.0),
    trained_again=None,
    judged=(),
)


def contender(name: str) -> Contender:
    return Contender(name=name, title=f"the {name}", write=lambda data, folder: None)


def report(*runs: Result, others: tuple[Entry, ...] = (), profile="cascade") -> Report:
    ours = Entry(contender=contender("firstline"), runs=runs)
    return Report(
        name=Name.BANKING77,
        profile=profile,
        examples=10_003,
        labels=77,
        messages=3_080,
        entries=[ours, *others],
    )


def printed(made: Report) -> dict[str, list[str]]:
    """Return the cells of each row by the row's name."""
    console = Console(file=io.StringIO(), width=160)
    console.print(made.table())
    lines = console.file.getvalue().splitlines()
    rows = [[cell.strip() for cell in line[1:-1].split("│")] for line in lines]
    return {row[0]: row[1:] for row in rows if len(row) > 3}


def test_what_is_missed_is_said_and_what_cannot_be_told_is_left_out():
    rows = printed(report(RESULT))
    assert rows["right, in scope"] == ["95.1%", "≥ 94.5%", "yes"]
    assert rows["expected calibration error"] == ["0.050", "≤ 0.030", "no"]
    assert rows["training, first"] == ["61.0 s", "≤ 60.0 s", "no"]
    assert rows["macro-F1"] == ["93.0%", "", ""]
    assert "out of scope: AUROC" not in rows
    assert "training, after one edit" not in rows


def test_the_quick_profile_is_not_held_to_what_only_the_encoder_reaches():
    rows = printed(report(RESULT, profile="lexical"))
    assert rows["right, in scope"] == ["95.1%", "", ""]
    assert rows["serving, memory (PSS)"] == ["300 MB", "≤ 600 MB", "yes"]


def test_several_samples_count_by_their_mean_and_each_is_kept():
    worse = replace(RESULT, quality=replace(RESULT.quality, accuracy=0.851))
    made = report(RESULT, worse)
    plain = json.loads(json.dumps(made.plain({"machine": "m"})))
    assert plain["accuracy"] == pytest.approx(0.901)
    assert [run["accuracy"] for run in plain["runs"]] == [0.951, 0.851]
    assert "means of 2 samples" in made.table().title


def test_others_stand_under_their_names_and_ours_at_the_top():
    stock = Entry(
        contender=contender("stock"),
        runs=[replace(RESULT, quality=replace(RESULT.quality, accuracy=0.5))],
    )
    plain = report(RESULT, others=(stock,)).plain({"command": "c"})
    assert plain["accuracy"] == 0.951
    assert plain["stock"]["accuracy"] == 0.5
    assert plain["command"] == "c"
    assert plain.keys() > KINDS.keys()
    assert printed(report(RESULT, others=(stock,)))["right, in scope"][:2] == [
        "95.1%",
        "50.0%",
    ]
