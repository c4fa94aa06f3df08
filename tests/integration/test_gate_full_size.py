"""The project as it is shipped, with a change that should never go live."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from bot.nlu.shelf import name_of
from tests.builders import ROOT
from tests.web.trainer.project import copy_project

SWAPPED = {"legal_threat": "order_status", "order_status": "legal_threat"}


@pytest.fixture
def project(tmp_path, model) -> Path:
    """The shipped project, whose model is live."""
    var, name = copy_project(tmp_path, model), name_of(model)
    noted = {"live": name, "kept": [name]}
    (var / "live-model.json").write_text(json.dumps(noted))
    return tmp_path


def swap_examples(project: Path) -> None:
    """Let everything that was said of the one intent be said of the other."""
    heads = re.compile(rf"^- intent: ({'|'.join(SWAPPED)})$", re.MULTILINE)
    found = []
    for file in sorted((project / "data" / "nlu").glob("*.yml")):
        text = file.read_text()
        found += heads.findall(text)
        swapped = heads.sub(lambda head: f"- intent: {SWAPPED[head[1]]}", text)
        file.write_text(swapped)
    assert set(found) == set(SWAPPED)


def test_swapped_examples_are_refused_in_full_size_for_what_they_do(
    project, model, findings
):
    swap_examples(project)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = subprocess.run(
        [sys.executable, "-m", "bot", "train", "--json", "--by", "tara"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert found.returncode == 1, found.stderr
    comparison = json.loads(found.stdout)["comparison"]
    assert comparison["live"] == name_of(model)
    reasons = {e["code"]: e for e in comparison["verdict"]["objections"]}
    lost = reasons["protected_loses"]
    assert lost["label"] == "legal_threat"
    assert re.search(
        r"of (\d+) test messages (?!0 )\d+ are lost, 0 won", lost["sentence"]
    )
    fewer = reasons["less_right"]["sentence"]
    for one, other in SWAPPED.items():
        assert re.search(rf"{one} \(\d+ of \d+, read as {other}\)", fewer)
    spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    findings.tell(f"Gate: the shipped project took {spent_s:.0f} s of CPU time")
