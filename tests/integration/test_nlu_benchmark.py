"""`firstline nlu benchmark` as people call it, on data sets made for the test."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from bot.commands.benchmark import names_of
from tests.builders import ROOT
from tests.unit.nlu.conftest import write_project
from tests.unit.nlubench.sets import write_banking77, write_clinc150

HELD_OUT = [
    {"text": "hello you", "label": "greet", "needs_reply": True},
    {"text": "thanks a lot", "label": "thanks", "needs_reply": False},
    {"text": "my lamp is broken", "label": "damaged_item", "needs_reply": True},
]
FIGURES = {
    *("accuracy", "accuracy_served", "macro_f1", "calibration_error"),
    *("coverage_at_95", "auroc", "needs_reply_f1", "train_s", "train_cpu_s"),
    *("train_after_edit_s", "train_peak_mb", "load_s", "p50_ms", "p95_ms"),
    *("single_per_s", "single_per_cpu_s", "batched_per_s", "batched_per_cpu_s"),
    *("load_cpu_s", "p50_cpu_ms", "p95_cpu_ms", "train_after_edit_cpu_s"),
    *("pss_mb", "rss_mb", "model_mb"),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A small project with held-out messages, and the published sets beside it."""
    folder = write_project(tmp_path_factory.mktemp("small"))
    held_out = folder / "tests" / "nlu"
    held_out.mkdir(parents=True)
    lines = [json.dumps({"id": f"h-{i}", **row}) for i, row in enumerate(HELD_OUT)]
    (held_out / "held_out_a.jsonl").write_text("\n".join(lines))
    write_banking77(folder / "sets")
    write_clinc150(folder / "sets")
    return folder


async def benchmark(project: Path, *words: str) -> tuple[int, str, str]:
    """Return exit code, standard output and error output."""
    command = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "nlu", "benchmark", *words),
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "140"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await command.communicate()
    return command.returncode or 0, out.decode(), err.decode()


async def test_data_sets_come_as_one_json_object_with_their_plots(
    project, tmp_path, proof
):
    asked = "all" if proof else "own"
    code, out, err = await benchmark(
        project,
        *("--dataset", asked, "--data", "sets", "--json", "--out", str(tmp_path)),
    )
    assert code == 0, err
    found = json.loads(out)
    assert list(found) == [name.value for name in names_of(asked)]
    for name, figures in found.items():
        assert figures.keys() >= FIGURES, name
        assert 0.5 < figures["accuracy"] <= 1.0, name
        assert figures["batched_per_s"] > 0
        assert 50 < figures["pss_mb"] <= figures["rss_mb"]
        assert figures["machine"]["versions"]["rasa"] == "3.6.21"
        assert figures["command"].startswith(
            f"firstline nlu benchmark --dataset {asked}"
        )
        for what in ("confusion", "reliability", "coverage"):
            drawn = tmp_path / f"{name}-{what}.png"
            assert drawn.read_bytes().startswith(b"\x89PNG")
    assert found["own"]["needs_reply_f1"] > 0.5
    assert "own: 35 examples of 7 labels, 3 messages read" in err
    assert not list((project / "var").glob("benchmark-*")), "it leaves nothing behind"
    if proof:
        check_the_published(found, err)


def check_the_published(found: dict, err: str) -> None:
    assert found["banking77"]["messages"] == 18
    assert len(found["banking77-10"]["runs"]) == 3
    shots = [run["accuracy"] for run in found["banking77-10"]["runs"]]
    assert found["banking77-10"]["accuracy"] == pytest.approx(sum(shots) / 3)
    assert found["banking77-10"]["examples"] == 30
    assert found["banking77"]["auroc"] is None
    assert 0.5 < found["clinc150"]["auroc"] <= 1.0
    assert "banking77: 42 examples of 3 labels, 18 messages read" in err


async def test_other_pipelines_stand_beside_ours_in_one_table(project, proof):
    stock = ("--against-stock", "--stock-epochs", "2") if proof else ()
    code, out, err = await benchmark(
        project,
        *("--dataset", "clinc150", "--data", "sets", "--profile", "lexical"),
        *("--against-sparse", *stock, "--json"),
    )
    assert code == 0, err
    found = json.loads(out)["clinc150"]
    assert found["profile"] == "lexical"
    assert found["contender"] == "Firstline, lexical"
    assert 0.5 < found["auroc"] <= 1.0
    assert 0.5 < found["sparse"]["accuracy"] <= 1.0
    if proof:
        check_the_stock(found, err)


def check_the_stock(found: dict, err: str) -> None:
    assert "2 epochs" in found["stock"]["contender"]
    assert 0.0 <= found["stock"]["accuracy"] <= 1.0
    assert found["stock"]["pss_mb"] > 2 * found["pss_mb"], "TensorFlow was loaded"
    assert found["sparse"]["pss_mb"] < found["stock"]["pss_mb"]
    assert "trained for 2 epochs; its default is 100" in err


async def test_nothing_is_trained_when_a_data_set_is_missing(project, tmp_path):
    code, out, err = await benchmark(project, "--dataset", "all")
    assert (code, out) == (1, "")
    assert "--data names the folder of banking77/ and clinc150/" in err
    code, out, err = await benchmark(
        project, "--dataset", "clinc150", "--data", str(tmp_path), "--json"
    )
    assert (code, out) == (1, "")
    assert "data_full.json is missing; it comes from https://github.com/clinc" in err
    assert "training" not in err
