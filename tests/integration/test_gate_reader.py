"""What a model made of the frozen messages is remembered, and nothing stale is believed."""

import pytest

from bot.errors import ModelError
from bot.gate.reader import KEPT, ModelReader
from tests.builders import ROOT

CONFIG = ROOT / "config.yml"
TEXTS = ["where is my parcel", "my order number is FH-482913", "thanks!"]


@pytest.fixture
def reader(model, tmp_path):
    made = ModelReader(model, config=CONFIG, kept=tmp_path)
    yield made
    made.close()


async def test_the_second_time_the_model_is_not_even_there(reader, model, tmp_path):
    first = await reader.read_frozen(TEXTS)
    gone = model.with_name("gone") / model.name  # the same name, and no file
    again = ModelReader(gone, config=CONFIG, kept=tmp_path)
    assert await again.read_frozen(TEXTS) == first
    with pytest.raises(ModelError):
        await again.read_frozen([*TEXTS, "another one"])


async def test_what_is_remembered_is_what_was_read(reader):
    assert await reader.read_frozen(TEXTS) == await reader.read(TEXTS)
    assert await reader.read_frozen(TEXTS) == await reader.read(TEXTS)


async def test_what_cannot_be_understood_is_read_again(reader, tmp_path):
    first = await reader.read_frozen(TEXTS)
    (file,) = tmp_path.iterdir()
    for broken in ("", "[{}]", '{"a": 1}', file.read_text()[:-20]):
        file.write_text(broken)
        assert await reader.read_frozen(TEXTS) == first


async def test_old_answers_go(reader, tmp_path):
    for number in range(KEPT + 3):
        await reader.read_frozen([f"hello {number}"])
    assert len(list(tmp_path.iterdir())) == KEPT
