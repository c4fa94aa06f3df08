"""A model's file tells how its own examples are read by one that never saw them."""

import tarfile
from collections import Counter

import numpy as np
import pytest

from bot.errors import ModelError
from bot.nlu.data import load_examples
from bot.nlu.engine import load_model
from bot.nlu.runtime import classifier_of
from bot.nlu.unseen_readings import digest_of, read_unseen, save_unseen


def test_each_training_example_has_one(project, model_path):
    examples = load_examples(project / "data" / "nlu")
    readings = read_unseen(model_path)
    assert Counter((one.digest, one.label) for one in readings) == Counter(
        (digest_of(example.text), example.label) for example in examples
    )


def test_they_hold_probabilities(model_path):
    for one in read_unseen(model_path):
        assert 0 < one.likely <= one.confidence <= 1
        assert one.right <= (one.likely == one.confidence)
        assert one.ours == 1  # this project knows nothing that is out of scope


def test_they_are_harder_than_what_was_learned(project, model_path):
    examples = load_examples(project / "data" / "nlu")
    agent = load_model(model_path, config=project / "config.yml").agent
    learned = classifier_of(agent)._model
    lexical = learned.lexical.guess([e.text.lower().split() for e in examples])
    seen = lexical.probabilities[:, :-1].argmax(axis=1)
    right = [
        learned.labels[at] == e.label for at, e in zip(seen, examples, strict=True)
    ]
    assert np.mean([one.right for one in read_unseen(model_path)]) < np.mean(right)


def test_the_order_and_the_figures_are_kept(tmp_path):
    labels = ("a", "out_of_scope")
    likely = np.array([[0.75, 0.25], [0.5, 0.5], [0.125, 0.875]])
    save_unseen(tmp_path, ["x", "y ", "z"], np.array([0, 1, 1]), likely, labels=labels)
    readings = read_unseen(packed(tmp_path))
    assert [one.digest for one in readings] == [digest_of(text) for text in "xyz"]
    assert [one.read_as for one in readings] == ["a", "a", "out_of_scope"]
    assert [one.confidence for one in readings] == [0.75, 0.5, 0.875]
    assert [one.likely for one in readings] == [0.75, 0.5, 0.875]
    assert [one.ours for one in readings] == [0.75, 0.5, 0.125]


def test_a_model_without_them_has_none(tmp_path):
    (tmp_path / "metadata.json").write_text("{}")
    assert read_unseen(packed(tmp_path)) == ()


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b broken"])
def test_a_damaged_file_is_told(tmp_path, content):
    path = tmp_path / "model-a.tar.gz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="unseen readings"):
        read_unseen(path)
    with pytest.raises(ModelError, match="unseen readings"):
        read_unseen(tmp_path / "absent.tar.gz")


def test_a_damaged_table_is_told(tmp_path):
    (tmp_path / "unseen.npz").write_bytes(b"no table")
    with pytest.raises(ModelError, match="unseen readings"):
        read_unseen(packed(tmp_path))


def packed(folder):
    """Return a model's file with what is in `folder`."""
    path = folder.parent / f"{folder.name}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder, arcname="components/train_IntentModel")
    return path
