"""What is trained on is what `rasa train` would train on."""

import shutil

import pytest
from rasa.shared.exceptions import YamlException
from rasa.shared.importers.importer import TrainingDataImporter

from bot.nlu.importer import ProjectImporter
from tests.builders import ROOT
from tests.unit.nlu.conftest import write_project

MORE = """\
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hi
    - "greetings" to [you]{"entity": "product", "value": "lamp"}
    - ahoy [dpd](carrier) 👍
- synonym: dpd
  examples: |
    - the red van
- regex: order_number
  examples: |
    - FH-[0-9]+
- lookup: product
  examples: |
    - sofa
- intent: thanks
  metadata:
    who: me
  examples:
  - text: |
      ta very much
responses:
  utter_faq/return_policy:
  - text: Sixty days.
"""


def stock(project):
    return TrainingDataImporter.load_from_config(
        str(project / "config.yml"),
        str(project / "domain.yml"),
        [str(project / "data")],
    )


def same(project):
    quick, slow = ProjectImporter(project), stock(project)
    ours, theirs = quick.get_nlu_data(), slow.get_nlu_data()
    assert ours.fingerprint() == theirs.fingerprint()
    assert ours.intents == theirs.intents
    assert len(ours.training_examples) == len(theirs.training_examples)
    assert quick.get_domain().fingerprint() == slow.get_domain().fingerprint()
    assert quick.get_stories().fingerprint() == slow.get_stories().fingerprint()
    assert quick.get_config() == slow.get_config()
    return ours


def test_a_small_project_is_read_as_by_rasa(tmp_path):
    same(write_project(tmp_path))


def test_everything_that_rasa_knows_is_read_as_by_rasa(tmp_path):
    project = write_project(tmp_path)
    (project / "data" / "nlu" / "more.yml").write_text(MORE)
    data = same(project)
    assert data.entity_synonyms["the red van"] == "dpd"
    assert data.regex_features
    assert data.lookup_tables


def test_the_projects_own_files_are_read_as_by_rasa(tmp_path):
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    for file in list((tmp_path / "data" / "nlu").glob("*.yml"))[2:]:
        file.unlink()  # Rasa takes its time
    same(tmp_path)


def test_what_rasa_would_refuse_is_refused(tmp_path):
    project = write_project(tmp_path)
    broken = MORE.replace("- synonym: dpd\n", "- synonym: [dpd]\n")
    (project / "data" / "nlu" / "more.yml").write_text(broken)
    with pytest.raises(YamlException):
        ProjectImporter(project).get_nlu_data()
