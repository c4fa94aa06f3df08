"""Several trainers and editors at once: one trains, and what it read is what it judges."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.model.trained import ModelName, Part
from bot.nlu.origin import files_in
from bot.nlu.shelf import ModelShelf, name_of
from bot.nlu.training import model_path
from tests.builders import ROOT
from tests.small_project import examples_of, small_project, write_examples

TRAINS = "training the model on"
NLU = "data/nlu/all.yml"


@pytest.fixture
def project(tmp_path) -> Path:
    return small_project(tmp_path / "project")


class Running:
    """One `firstline …` of several at once."""

    def __init__(self, project: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "300"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def told(self, words: str) -> str:
        """Wait for the line that holds `words`."""
        assert self.process.stderr is not None
        seen = []
        for line in self.process.stderr:
            seen.append(line)
            if words in line:
                return line
        raise AssertionError(f"never told: {words}\n{''.join(seen)}")

    def ended(self) -> tuple[int, str]:
        """Return its exit code and what it printed."""
        said, errors = self.process.communicate(timeout=300)
        assert "Traceback" not in errors, errors
        return self.process.returncode, said


@pytest.fixture
def start(project) -> Iterator[object]:
    started: list[Running] = []

    def begin(*words: str) -> Running:
        started.append(Running(project, *words))
        return started[-1]

    yield begin
    for each in started:
        each.process.kill()
        each.process.communicate()


def shelf_of(project: Path) -> ModelShelf:
    return ModelShelf(project, project / "var" / "models")


def present(project: Path) -> ModelName:
    return name_of(model_path(project, project / "var" / "models"))


def edit(project: Path) -> bytes:
    """Change the examples as an editor does; return what they were."""
    before = (project / NLU).read_bytes()
    examples = examples_of(project)
    examples["greet"], examples["legal_threat"] = (
        examples["legal_threat"],
        examples["greet"],
    )
    write_examples(project, examples)
    return before


def what_was_read(project: Path, name: str) -> bytes:
    snapshot = shelf_of(project).path(ModelName(name), Part.SNAPSHOT)
    return files_in(snapshot)[NLU]


def test_who_comes_second_is_told_for_whom_it_waits_and_judges_by_what_went_live(
    project, start
):
    first = start("train", "--json", "--by", "tara", "--promote")
    first.told(TRAINS)
    second = start("train", "--json", "--by", "umit")
    line = second.told("waiting for")
    assert line.startswith("waiting for the training that tara began at 20")
    assert line.endswith(f" UTC (process {first.process.pid})\n")
    code, said = first.ended()
    assert code == 0, said
    code, judged = second.ended()
    assert code == 0, judged
    assert json.loads(said)["comparison"]["live"] == ""
    candidate = json.loads(said)["comparison"]["candidate"]
    assert json.loads(judged)["comparison"]["live"] == candidate


def test_an_edit_during_the_training_is_neither_learned_nor_judged(project, start):
    name = present(project)
    training = start("train", "--json", "--by", "tara")
    training.told(TRAINS)
    before = edit(project)
    code, printed = training.ended()
    said = json.loads(printed)
    assert (code, said["comparison"]["candidate"]) == (0, name)
    assert said["changed_since"] == [NLU]
    assert what_was_read(project, name) == before
    known = shelf_of(project).model(name)
    assert known is not None
    assert known.judgement is not None
    assert known.judgement.passed


def test_a_training_that_was_killed_keeps_nobody_waiting_and_leaves_nothing(
    project, start
):
    models = project / "var" / "models"
    killed = start("train", "--json", "--by", "tara")
    killed.told(TRAINS)
    killed.process.kill()
    killed.process.wait()
    assert list(models.glob(".files-*"))
    name = present(project)
    plain = start("nlu", "train")
    plain.told(TRAINS)
    before = edit(project)
    code, _ = plain.ended()
    assert code == 0
    assert what_was_read(project, name) == before
    assert not list(models.glob(".files-*"))
    assert not list(models.glob(".training-*"))


def test_a_file_that_is_missing_is_told_by_its_own_name(project, start):
    (project / "config.yml").unlink()
    code, printed = start("train", "--json").ended()
    said = json.loads(printed)
    assert (code, said["passes"]) == (1, False)
    assert said["problems"] == [
        f"{project / 'config.yml'}: cannot be read: No such file or directory"
    ]
