"""The lexical model learns, is calibrated, and says so when it knows nothing."""

import json

import numpy as np
import pytest
from scipy.special import softmax

from bot.model.reading import FALLBACK
from bot.nlu.features import BlockSettings
from bot.nlu.head import HeadSettings, fit_scale
from bot.nlu.hold_out import Lesson
from bot.nlu.lexical import LexicalModel
from bot.nlu.normalise import tokens
from bot.nlu.part_heads import PartReader
from bot.nlu.several import spans_of

TEXTS = {
    "order_status": ["where is my order", "has my parcel shipped", "any order news"],
    "thanks": ["thank you", "thanks a lot", "many thanks to you"],
    "faq/returns": ["how do returns work", "what is the return policy", "return rules"],
}
WORDS = BlockSettings(analyzer="word", shortest=1, longest=2)
CHARACTERS = BlockSettings(analyzer="char_wb", shortest=3, longest=4)


@pytest.fixture(scope="module")
def model():
    pairs = [(text, label) for label, texts in TEXTS.items() for text in texts]
    return LexicalModel.train(
        [text for text, _ in pairs],
        [label for _, label in pairs],
        blocks=[WORDS, CHARACTERS],
        head=HeadSettings(),
    )


def guess(model, *texts):
    return model.guess([tokens(text) for text in texts])


def test_it_recognises_what_it_learned(model):
    found = guess(model, "so where is the order", "thank u", "your return policy")
    best = [model.labels[i] for i in found.probabilities.argmax(axis=1)]
    assert best == ["order_status", "thanks", "faq/returns"]


def test_probabilities_add_up_to_one(model):
    found = guess(model, "where", "zzz qqq", "", "thank zzz")
    assert np.allclose(found.probabilities.sum(axis=1), 1.0)


def test_text_without_a_known_word_is_unsure(model):
    found = guess(model, "", "???", "wxyz qqq", "😶")
    best = [model.labels[i] for i in found.probabilities.argmax(axis=1)]
    assert best == [FALLBACK] * 4
    assert found.known.tolist() == [0.0] * 4


def test_the_share_of_known_words_is_told(model):
    assert guess(model, "where zzz").known[0] == pytest.approx(0.5)


def test_what_is_stored_predicts_the_same_and_holds_no_pickle(model, tmp_path):
    model.save(tmp_path)
    loaded = LexicalModel.load(tmp_path)
    texts = ["where is it", "thanks!", "returns?", ""]
    assert np.array_equal(
        guess(loaded, *texts).probabilities, guess(model, *texts).probabilities
    )
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".npz"}
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as arrays:
        assert all(array.dtype != object for array in arrays.values())


def test_training_twice_gives_the_same_model(model, tmp_path):
    texts = [text for texts in TEXTS.values() for text in texts]
    labels = [label for label, texts in TEXTS.items() for _ in texts]
    again = LexicalModel.train(
        texts, labels, blocks=[WORDS, CHARACTERS], head=HeadSettings()
    )
    assert np.array_equal(again.head.weights, model.head.weights)
    assert again.head.scale == model.head.scale


def test_a_damaged_model_does_not_load(model, tmp_path):
    model.save(tmp_path)
    described = json.loads((tmp_path / "model.json").read_text())
    del described["labels"]
    (tmp_path / "model.json").write_text(json.dumps(described))
    with pytest.raises(KeyError):
        LexicalModel.load(tmp_path)


def test_the_scale_makes_confidence_match_accuracy():
    rng = np.random.default_rng(1)
    margins = rng.normal(size=(4000, 5))
    chances = softmax(margins * 3.0, axis=1)
    wanted = np.array([rng.choice(5, p=row) for row in chances])
    assert fit_scale(margins, wanted) == pytest.approx(3.0, rel=0.1)


def test_one_label_alone_cannot_be_learned():
    with pytest.raises(ValueError, match="at least two"):
        Lesson.of(["hi", "hello"], ["greet", "greet"], folds=3, seed=7)


def test_common_words_are_those_that_many_examples_share():
    texts = [f"where is my parcel {number}x" for number in range(1000)]
    texts.append("bonjour")
    trained = LexicalModel.train(
        texts,
        ["a", "b"] * 500 + ["a"],
        blocks=[WORDS],
        head=HeadSettings(),
    )
    found = guess(trained, "where is my parcel", "bonjour parcel", "bonjour qqq")
    assert found.common.tolist() == [1.0, 0.5, 0.0]
    assert found.known.tolist() == [1.0, 1.0, 0.5]


def test_parts_are_read_as_they_are_alone(model):
    cut = [["so where is the order", "thank u"], [], ["a", "return policy", "zzz b"]]
    wanted = [spans_of(len(parts)) for parts in cut]
    for _ in range(2):  # with words that are new, and with known ones
        found = PartReader(model, cut).heads()
        assert [tuple(heads) for heads in found] == wanted
        for parts, heads in zip(cut, found, strict=True):
            for (first, last), (label, likely) in heads.items():
                alone = guess(model, " ".join(parts[first:last])).probabilities[0]
                assert label == model.labels[alone.argmax()]
                assert likely == pytest.approx(alone.max(), abs=1e-6)


def test_parts_of_no_message_are_no_work(model):
    assert PartReader(model, [[], []]).heads() == [{}, {}]
