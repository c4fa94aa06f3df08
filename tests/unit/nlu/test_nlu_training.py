"""Training happens when something changed, and broken files are told by line."""

import os
import subprocess
import sys

import pytest

from bot.errors import ConfigError
from bot.nlu.training import TURN, current_model, is_current, model_path, train
from tests.builders import ROOT
from tests.unit.nlu.conftest import write_project


def quiet(_line):
    pass


def test_an_unchanged_project_is_not_trained_again(project, model_path):
    before = model_path.stat().st_ino
    said = []
    assert train(project, project / "models", said.append) == model_path
    assert model_path.stat().st_ino == before
    assert said == []
    assert is_current(model_path, project)
    assert current_model(project, project / "models") == model_path


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/rules.yml"])
def test_any_change_of_the_project_asks_for_a_new_model(tmp_path, name):
    folder = write_project(tmp_path)
    before = model_path(folder, tmp_path / "models")
    file = folder / name
    file.write_text(file.read_text() + "\n# changed\n")
    assert model_path(folder, tmp_path / "models") != before
    assert current_model(folder, tmp_path / "models") is None


def test_nothing_half_made_stays_behind(project, model_path):
    kept = {path.name for path in model_path.parent.iterdir()}
    assert kept == {model_path.name, model_path.name + ".sha256", TURN}


def test_only_the_eight_models_used_last_are_kept(tmp_path):
    folder, models = write_project(tmp_path), tmp_path / "models"
    models.mkdir()
    for age in range(10):
        for name in (f"model-{age}.tar.gz", f"model-{age}.tar.gz.sha256"):
            (models / name).write_text("old")
            os.utime(models / name, (1_000_000 - age, 1_000_000 - age))
    new = train(folder, models, quiet)
    kept = {path.name for path in models.glob("*.tar.gz")}
    assert kept == {new.name, *(f"model-{age}.tar.gz" for age in range(7))}
    assert len(list(models.glob("*.sha256"))) == 8


TRAINING = """
import sys
from pathlib import Path
from bot.nlu.training import train
folder = Path(sys.argv[1])
print(train(folder, folder / "models", print))
"""


def test_of_two_processes_that_need_it_at_once_one_trains(tmp_path):
    command = [sys.executable, "-c", TRAINING, str(write_project(tmp_path))]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[0].splitlines() for process in both]
    assert said[0][-1] == said[1][-1]  # the same model
    assert sum("training the model" in line for one in said for line in one) == 1


def test_a_model_is_never_named_by_files_that_it_was_not_trained_on(tmp_path):
    folder, models = write_project(tmp_path), tmp_path / "models"
    (models / ".training-killed").mkdir(parents=True)

    def edit(line):
        if line.startswith("training"):
            with (folder / "data" / "nlu" / "all.yml").open("a") as file:
                file.write("    - one more\n")

    with pytest.raises(ConfigError, match=rf"{folder}: files were changed while"):
        train(folder, models, edit)
    assert {path.name for path in models.iterdir()} == {TURN}


BROKEN = [
    ("nlu:\n- intent: greet\n  examples: |\n    - hi\n   - x\n", r"all\.yml:\d+"),
    ("nlu:\n- intent: greet\n  examples: |\n    - hi\n    x\n", r"all\.yml:5: .*`- `"),
    (
        "nlu:\n- intent: Bad Name\n  examples: |\n    - hi\n",
        r"all\.yml:2: .*lower case",
    ),
    ("nlu:\n- intent: greet\n", r"all\.yml:2: .*examples"),
    ("nlu: yes\n", r"all\.yml:1: .*list"),
    ("- a\n- b\n", r"all\.yml:1: .*keys and values"),
    ("nlu:\n- intent: greet\n  intent: b\n", r"all\.yml:\d+"),
]


@pytest.mark.parametrize(("content", "message"), BROKEN)
def test_broken_data_is_told_with_file_line_and_remedy(tmp_path, content, message):
    folder = write_project(tmp_path)
    (folder / "data" / "nlu" / "all.yml").write_text(content)
    with pytest.raises(ConfigError, match=message):
        train(folder, tmp_path / "models", quiet)


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/nlu/all.yml"])
def test_a_missing_file_is_named(tmp_path, name):
    folder = write_project(tmp_path)
    (folder / name).unlink()
    with pytest.raises(ConfigError, match=name.removesuffix("/all.yml")):
        train(folder, tmp_path / "models", quiet)


def test_what_rasa_refuses_is_told_in_its_words(tmp_path):
    folder = write_project(tmp_path)
    config = folder / "config.yml"
    config.write_text(config.read_text().replace("SocialSignals", "NoSuchThing"))
    with pytest.raises(ConfigError, match="NoSuchThing"):
        train(folder, tmp_path / "models", quiet)


RULE = """\
- rule: remember who brings it
  steps:
  - intent: order_status
  - slot_was_set:
    - brought_by: dpd
  - action: utter_greet
"""


def test_a_slot_that_a_rule_sets_and_nobody_has_is_named(tmp_path):
    folder = write_project(tmp_path)
    rules = folder / "data" / "rules.yml"
    rules.write_text(rules.read_text() + RULE)
    with pytest.raises(ConfigError, match=r"domain\.yml: no slots brought_by, which"):
        train(folder, tmp_path / "models", quiet)


def test_a_setting_of_the_wrong_type_is_named(tmp_path):
    folder = write_project(tmp_path)
    config = folder / "config.yml"
    config.write_text(config.read_text().replace("order_digits: 6", "order_digits: x"))
    with pytest.raises(ConfigError, match="order_digits must be a whole number"):
        train(folder, tmp_path / "models", quiet)
