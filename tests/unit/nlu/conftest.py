"""A small Rasa project of its own, trained once for all tests of the package."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.nlu.engine import LoadedModel, RasaEngine, load_model
from bot.nlu.training import train

ROOT = Path(__file__).parents[3]

EXAMPLES = {
    "greet": ["hi", "hello there", "good morning all", "hey @fernhollow", "hiya"],
    "thanks": [
        "thanks",
        "cheers for that",
        "thank you so much",
        "ta 👍",
        "many thanks",
    ],
    "chatter": [
        "sitting on my @fernhollow chair watching the rain",
        "my cat has claimed the rug lol",
        "nothing like a fire and a good lamp tonight",
        "me and @sam in our matching tents haha",
        "rain again so the garden gets a day off",
    ],
    "order_status": [
        "where is my order [FH-482913](order_number)",
        "has my [lamp](product) shipped yet",
        "any news on order [fh 482913](order_number)?",
        "when will my [tent](product) come, [dpd](carrier) say nothing",
        "can you check where my parcel is",
    ],
    "damaged_item": [
        "my [lamp](product) came broken",
        "the [table](product) arrived cracked",
        "[tent](product) pole snapped first night",
        "mirror in pieces when I opened the box",
        "the stove does not work at all",
    ],
    "faq/delivery_times": [
        "how long does delivery take",
        "do you deliver at weekends",
        "is next day delivery possible",
        "how many days until things arrive usually",
        "what are your delivery times",
    ],
    "faq/return_policy": [
        "how long do I have to return something",
        "what is your return policy",
        "can I send things back after a month",
        "who pays for returns",
        "are plants excluded from returns",
    ],
}
DOMAIN = """\
version: "3.1"
intents: [greet, thanks, chatter, order_status, damaged_item, faq]
entities: [order_number, product, carrier]
responses:
  utter_greet: [{text: Hello}]
  utter_faq/delivery_times: [{text: Two days.}]
  utter_faq/return_policy: [{text: A month.}]
"""
RULES = """\
version: "3.1"
rules:
- rule: say hello back
  steps: [{intent: greet}, {action: utter_greet}]
- rule: answer a standard question
  steps: [{intent: faq}, {action: utter_faq}]
"""


def write_project(folder: Path) -> Path:
    """Write a project with the real config.yml and little data."""
    nlu = folder / "data" / "nlu"
    nlu.mkdir(parents=True)
    shutil.copy(ROOT / "config.yml", folder / "config.yml")
    (folder / "domain.yml").write_text(DOMAIN)
    (folder / "data" / "rules.yml").write_text(RULES)
    blocks = "".join(
        f"- intent: {label}\n  examples: |\n"
        + "".join(f"    - {text}\n" for text in texts)
        for label, texts in EXAMPLES.items()
    )
    (nlu / "all.yml").write_text(f'version: "3.1"\nnlu:\n{blocks}')
    return folder


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def model_path(project) -> Path:
    return train(project, project / "models", lambda line: None)


@pytest.fixture(scope="session")
def model(project, model_path) -> LoadedModel:
    return load_model(model_path, config=project / "config.yml")


@pytest.fixture
def engine(model):
    engine = RasaEngine(model)
    yield engine
    engine.close()
