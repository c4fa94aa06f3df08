"""What is not used stays out, and nothing changes by that."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.nlu.import_stub import components_in_need

ROOT = Path(__file__).parents[3]
READ = """
import asyncio, json, sys
from dataclasses import asdict
from pathlib import Path
from bot.nlu import import_stub
if sys.argv[3] == "real":
    import_stub.install = lambda config: False
from bot.nlu.engine import RasaEngine, load_model
engine = RasaEngine(load_model(Path(sys.argv[1]), config=Path(sys.argv[2])))
readings = asyncio.run(engine.read(json.load(sys.stdin)))
module = sys.modules["tensorflow"]
print(json.dumps([module.__version__, getattr(module, "__file__", None),
                  [asdict(reading) for reading in readings]]))
"""
TEXTS = ["where is my order FH-482913", "hello", "ta 👍", "", "how long is delivery"]


def read_in_a_process(model_path, project, which):
    done = subprocess.run(
        [sys.executable, "-c", READ, model_path, project / "config.yml", which],
        input=json.dumps(TEXTS),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_predictions_are_the_same_with_and_without_tensorflow(model_path, project):
    version, file, stubbed = read_in_a_process(model_path, project, "stub")
    assert (version, file) == ("0.0.0", None)
    version, file, real = read_in_a_process(model_path, project, "real")
    assert version.startswith("2.")
    assert file is not None
    assert stubbed == real


OURS = [{"name": "bot.nlu.classifier.IntentModel"}]
RULES = [{"name": "RulePolicy"}]


@pytest.mark.parametrize(
    ("config", "in_need"),
    [
        ({"pipeline": OURS, "policies": RULES}, []),
        ({"pipeline": [{"name": "DIETClassifier"}], "policies": RULES}, ["DIETClassifier"]),
        ({"pipeline": ["ResponseSelector"], "policies": RULES}, ["ResponseSelector"]),
        ({"pipeline": OURS, "policies": [{"name": "TEDPolicy"}]}, ["TEDPolicy"]),
        (
            {"pipeline": [{"name": "rasa.nlu.x.CRFEntityExtractor"}], "policies": RULES},
            ["rasa.nlu.x.CRFEntityExtractor"],
        ),
        ({"pipeline": OURS}, ["policies chosen by Rasa"]),
        ({"policies": RULES}, ["pipeline chosen by Rasa"]),
    ],
)  # fmt: skip
def test_components_that_compute_with_tensorflow_are_known(config, in_need):
    assert components_in_need(config) == in_need
