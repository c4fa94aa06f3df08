"""Through the gate with the real program: good changes pass, bad ones are refused."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.gate.compare import Task, compare
from bot.gate.frozen import load_frozen
from bot.gate.passing import REPORT, as_json
from bot.model.comparison import Recent, Shift
from bot.nlu.shelf import name_of
from bot.policy_file import load_policy
from tests.builders import ROOT
from tests.small_project import examples_of, small_project, write_examples
from tests.web.trainer.project import copy_project

GRAVE = "whens my tent coming"
GONE = f"model-gone{REPORT}"
SWAPPED = {"legal_threat": "order_status", "order_status": "legal_threat"}
ASKED, ANSWERED = "order_status", "faq/delivery_times"
MORE_OF_PACKAGING = [
    "so much plastic round one cushion, is that needed",
    "box the size of a fridge for a single mug??",
    "all that bubble wrap for a bag of tent pegs, come on",
    "love the stuff, hate the mountain of cardboard",
]


def firstline(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    found = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert "Traceback" not in found.stderr, found.stderr
    return found


def train(project: Path, *words: str) -> dict[str, Any]:
    """Return what `firstline train --json` says, with its exit code."""
    found = firstline(project, "train", "--json", "--by", "tara", *words)
    return {**json.loads(found.stdout), "exit": found.returncode}


def live(project: Path) -> str | None:
    return json.loads((project / "var" / "live-model.json").read_text())["live"]


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """A small project whose first model went live through the gate."""
    project = small_project(tmp_path_factory.mktemp("gate") / "project")
    said = train(project, "--promote", "--why", "the first one")
    assert said["exit"] == 0, said
    assert live(project) == said["comparison"]["candidate"]
    return project


@pytest.fixture
def project(first, tmp_path) -> Path:
    return shutil.copytree(first, tmp_path / "project", symlinks=True)


def change(project: Path, examples: dict[str, list[str]]) -> None:
    write_examples(
        project, {label: texts for label, texts in examples.items() if texts}
    )


def swap_examples(project: Path) -> None:
    """Let everything that was said of the one intent be said of the other."""
    heads = re.compile(rf"^- intent: ({'|'.join(SWAPPED)})$", re.MULTILINE)
    found = []
    for file in sorted((project / "data" / "nlu").glob("*.yml")):
        text = file.read_text()
        found += heads.findall(text)
        file.write_text(heads.sub(lambda head: f"- intent: {SWAPPED[head[1]]}", text))
    assert set(found) == set(SWAPPED)


@pytest.fixture
def swapped(first, model, tmp_path, proof) -> Path:
    """A project that changed for the worse since its model went live.

    In the proof it is the one that is shipped.
    """
    if not proof:
        shutil.copytree(first, tmp_path / "project", symlinks=True)
        swap_examples(tmp_path / "project")
        return tmp_path / "project"
    var, name = copy_project(tmp_path, model), name_of(model)
    (var / "live-model.json").write_text(json.dumps({"live": name, "kept": [name]}))
    swap_examples(tmp_path)
    return tmp_path


def test_swapped_examples_are_refused_for_what_they_do(swapped, findings):
    before, began = live(swapped), resource.getrusage(resource.RUSAGE_CHILDREN)
    said = train(swapped, "--promote")
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert said["exit"] == 1
    assert said["comparison"]["live"] == live(swapped) == before
    reasons = {e["code"]: e for e in said["comparison"]["verdict"]["objections"]}
    lost = reasons["protected_loses"]
    assert lost["label"] == "legal_threat"
    assert re.search(
        r"of (\d+) test messages (?!0 )\d+ are lost, 0 won", lost["sentence"]
    )
    fewer = reasons["less_right"]["sentence"]
    for one, other in SWAPPED.items():
        assert re.search(rf"{one} \(\d+ of \d+, read as {other}\)", fewer)
    refused = firstline(swapped, "model", "promote", said["comparison"]["candidate"])
    assert refused.returncode == 1
    assert "the gate refused" in refused.stderr
    assert "legal_threat" in refused.stderr
    spent_s = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
    findings.tell(f"Gate: a candidate took {spent_s:.0f} s of CPU time")


def test_a_protected_intent_that_is_taken_out_is_refused(project):
    """No test message of it counts then, so nothing else would notice."""
    examples = examples_of(project)
    del examples["press_inquiry"]
    change(project, examples)
    domain = project / "domain.yml"
    domain.write_text(domain.read_text().replace("  - press_inquiry\n", ""))
    said = train(project, "--promote")
    assert said["exit"] == 1
    reasons = said["comparison"]["verdict"]["objections"]
    (gone,) = [e for e in reasons if e["label"] == "press_inquiry"]
    assert gone["code"] == "protected_loses"
    assert "has no examples any more" in gone["sentence"]


def test_test_messages_that_become_examples_of_something_else_are_mistakes(project):
    """They do not count then: whoever adds all of an intent would blind the gate."""
    examples = examples_of(project)
    texts = [m.text for m in load_frozen(project) if m.label == "press_inquiry"]
    examples["job_inquiry"] += texts
    change(project, examples)
    said = train(project)
    assert said["exit"] == 1
    assert len(said["problems"]) == len(texts)
    assert "is a test message of press_inquiry" in said["problems"][0]
    assert "all.yml:" in said["problems"][0]


@pytest.fixture(scope="module")
def worse(first, tmp_path_factory) -> tuple[Path, dict[str, Any]]:
    """A project with a candidate that answers what it must not, and what was said of it.

    One of the test messages is an example there.
    """
    project = tmp_path_factory.mktemp("worse") / "project"
    shutil.copytree(first, project, symlinks=True)
    examples = examples_of(project)
    examples[ASKED], examples[ANSWERED] = examples[ANSWERED], examples[ASKED]
    examples[ASKED].append(
        next(m.text for m in load_frozen(project) if m.label == ASKED)
    )
    change(project, examples)
    with (project / "data" / "safety" / "messages.jsonl").open("a") as file:
        file.write(json.dumps({"id": "tent", "text": GRAVE}) + "\n")
    return project, train(project)


def test_an_answer_in_public_to_what_people_have_to_answer_is_refused(worse):
    _, said = worse
    reasons = said["comparison"]["verdict"]["objections"]
    unsafe = [e["sentence"] for e in reasons if e["code"] == "public_safety"]
    said = f"In public the bot would say {ANSWERED} to “{GRAVE}”"
    assert any(each.startswith(said) for each in unsafe)


def test_a_test_message_that_became_an_example_does_not_count(worse):
    _, said = worse
    assert any(
        "1 test messages are training examp" in n for n in said["comparison"]["notes"]
    )


async def test_recent_messages_are_counted_by_what_they_were_and_would_be_read_as(
    worse, tmp_path
):
    project, said = worse
    models, policy = (
        project / "var" / "models",
        load_policy(project / "data/policy.yml"),
    )
    recent = {"m-1": "where is my parcel", "m-2": "thanks!", "m-3": "where's my order"}
    task = Task(
        project=project,
        policy=policy,
        candidate=models / f"{said['comparison']['candidate']}.tar.gz",
        live=models / f"{live(project)}.tar.gz",
        without="",
        kept=tmp_path,
        recent=recent,
        recent_for=timedelta(days=7),
    )
    found = await compare(task)
    shift = Shift(before=ASKED, after=ANSWERED, ids=("m-1", "m-3"))
    assert found.recent == Recent(messages=3, days=7, shifts=(shift,))
    assert not any(text in as_json(found) for text in recent.values())


def test_a_live_model_of_another_version_is_not_compared_with_and_safety_still_counts(
    worse, tmp_path
):
    project = shutil.copytree(worse[0], tmp_path / "project", symlinks=True)
    manifest = project / "var" / "models" / f"{live(project)}.json"
    fields = json.loads(manifest.read_text())
    fields["origin"]["code"]["bot/nlu/cascade.py"] = "of another version"
    manifest.write_text(json.dumps(fields))
    found = train(project)["comparison"]
    assert found["live"] == ""
    assert (
        f"Nothing is compared with the live model {live(project)}" in found["notes"][0]
    )
    reasons = {each["code"] for each in found["verdict"]["objections"]}
    assert reasons == {"public_safety"}


@pytest.fixture(scope="module")
def better(first, tmp_path_factory) -> tuple[Path, dict[str, Any]]:
    """A project after a good change went live, and what was said of it.

    The report of a model that is gone lay there.
    """
    project = tmp_path_factory.mktemp("better") / "project"
    shutil.copytree(first, project, symlinks=True)
    gone = project / "var" / "models" / GONE
    gone.write_text("old")
    two_hours_ago = time.time() - 7200  # what is new may be of a model that just comes
    os.utime(gone, (two_hours_ago, two_hours_ago))
    examples = examples_of(project)
    examples["packaging"] += MORE_OF_PACKAGING
    change(project, examples)
    page = str(project / "report.html")
    return project, train(project, "--promote", "--why", "boxes", "--report", page)


def test_a_good_change_passes_goes_live_and_can_be_taken_back(better, first):
    (project, said), before = better, live(first)
    assert (said["exit"], said["passes"]) == (0, True)
    name = live(project)
    assert name == said["comparison"]["candidate"] != before
    kept = json.loads((project / "var" / "models" / f"{name}.json").read_text())
    assert kept["judgement"]["against"] == before
    assert "Changed by</dt><dd>tara" in (project / "report.html").read_text()
    assert firstline(project, "model", "rollback").returncode == 0
    assert live(project) == before


def test_what_the_gate_said_stays_with_the_model(first):
    name = live(first)
    kept = json.loads((first / "var" / "models" / f"{name}.json").read_text())
    assert kept["by"] == "tara"
    assert kept["judgement"]["passed"] is True
    assert kept["judgement"]["report"] == f"{name}{REPORT}"
    assert (first / "var" / "models" / kept["judgement"]["report"]).is_file()


def test_the_same_files_are_judged_the_same_every_time(worse, tmp_path):
    project, said = (
        shutil.copytree(worse[0], tmp_path / "project", symlinks=True),
        worse[1],
    )
    shutil.rmtree(project / "var" / "gate")  # what was remembered
    for file in (project / "var" / "models").glob(
        f"{said['comparison']['candidate']}*"
    ):
        file.unlink()
    assert train(project)["comparison"] == said["comparison"]


def test_mistakes_in_the_files_are_told_with_their_places_and_nothing_is_trained(
    project,
):
    file = project / "data" / "nlu" / "all.yml"
    file.write_text(file.read_text().replace("intent: packaging", "intent: wrapping"))
    models = sorted((project / "var" / "models").iterdir())
    said = train(project)
    assert (said["exit"], said["passes"]) == (1, False)
    assert any(
        f"{file}:" in each and "the intent wrapping is not in domain.yml" in each
        for each in said["problems"]
    )
    assert sorted((project / "var" / "models").iterdir()) == models
    plain = firstline(project, "train")
    assert plain.returncode == 1
    assert "mistakes in the files. Nothing trained." in plain.stdout


def test_a_report_that_has_no_place_is_told_before_anything_is_done(project):
    found = firstline(project, "train", "--report", "nowhere/report.html")
    assert found.returncode == 1
    assert "There is no folder nowhere for the report." in found.stderr
    assert "checking" not in found.stderr


def test_broken_yaml_is_told_with_its_place(project):
    file = project / "data" / "nlu" / "all.yml"
    file.write_text(file.read_text() + "  broken: [\n")
    said = train(project)
    assert (said["exit"], said["passes"]) == (1, False)
    assert f"{file}:" in said["problems"][0]


def test_a_report_goes_with_its_model(better):
    project, said = better
    reports = {path.name for path in (project / "var" / "models").glob(f"*{REPORT}")}
    assert f"{said['comparison']['candidate']}{REPORT}" in reports
    assert GONE not in reports


def test_rasa_says_the_same_by_its_own_command(project):
    rules = project / "data" / "rules.yml"
    rules.write_text(rules.read_text().replace("action_order_status", "action_dance"))
    (told,) = [e for e in train(project)["problems"] if "action_dance" in e]
    rasa = subprocess.run(
        [
            *(str(Path(sys.executable).parent / "rasa"), "data", "validate"),
            *("--domain", "domain.yml", "--data", "data"),
        ],
        cwd=project,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert rasa.returncode == 1
    said = "The action 'action_dance' is used in the"
    assert said in " ".join(rasa.stderr.split()) + " ".join(rasa.stdout.split())
    assert said in told
