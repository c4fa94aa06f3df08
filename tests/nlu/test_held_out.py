"""The shipped data, on messages that were written before it and never trained on."""

import pytest

from bot.nlu.engine import RasaEngine
from bot.nlu.evaluation import evaluate, load_held_out
from tests.builders import ROOT

LABEL_FLOOR = 0.89
REPLY_FLOOR = 0.95


@pytest.fixture(scope="module")
def engine(loaded_model):
    engine = RasaEngine(loaded_model)
    yield engine
    engine.close()


@pytest.fixture
async def result(engine):
    files = sorted((ROOT / "tests" / "nlu").glob("held_out_*.jsonl"))
    return await evaluate(engine, load_held_out(files))


def test_enough_messages_were_held_out(result):
    assert result.examples >= 600


def test_labels_are_right(result):
    assert result.label_accuracy >= LABEL_FLOOR, result


def test_it_is_known_what_needs_a_reply(result):
    assert result.reply_accuracy >= REPLY_FLOOR, result
