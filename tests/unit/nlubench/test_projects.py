"""The projects that a data set is learned in hold its texts, and our own pipeline."""

from __future__ import annotations

import pytest

from bot.errors import ConfigError
from bot.nlu.data import load_examples, load_yaml
from bot.nlubench.dataset import Name
from bot.nlubench.own import load_own
from bot.nlubench.project import (
    CLASSIFIER,
    Codes,
    edit,
    profile_in,
    write_copy,
    write_ours,
    write_sparse,
    write_stock,
)
from bot.nlubench.public import load_banking77
from bot.nlubench.targets import OF_SET, targets_of
from tests.builders import ROOT
from tests.unit.nlubench.sets import TOPICS, write_banking77


@pytest.fixture
def data(tmp_path):
    return load_banking77(write_banking77(tmp_path / "sets"))


def test_each_text_is_one_example_whatever_stands_in_it(tmp_path, data):
    codes = write_ours(ROOT, data, tmp_path, profile=None)
    examples = load_examples(tmp_path / "data" / "nlu")
    wanted = [
        (" ".join(s.text.replace("\x01", " ").replace("[sic](x)", "sic").split()))
        for s in data.train
    ]
    assert [example.text for example in examples] == wanted
    read = [codes.label(example.label) for example in examples]
    assert read == [sample.label for sample in data.train]


def test_our_pipeline_is_taken_as_it_is_but_for_the_profile(tmp_path, data):
    write_ours(ROOT, data, tmp_path / "a", profile=None)
    assert load_yaml(tmp_path / "a" / "config.yml") == load_yaml(ROOT / "config.yml")
    write_ours(ROOT, data, tmp_path / "b", profile="lexical")
    pipeline = load_yaml(tmp_path / "b" / "config.yml")["pipeline"]
    (classifier,) = [c for c in pipeline if c["name"].startswith(CLASSIFIER)]
    assert classifier["profile"] == "lexical"


def test_a_copy_differs_in_the_profile_alone(tmp_path):
    write_copy(ROOT, tmp_path, profile="accurate")
    assert profile_in(tmp_path) == "accurate"
    copied, own = load_yaml(tmp_path / "config.yml"), load_yaml(ROOT / "config.yml")
    for config in (copied, own):
        config["pipeline"][0].pop("profile", None)
    assert copied == own
    assert load_examples(tmp_path / "data" / "nlu") != []
    assert (tmp_path / "data" / "policy.yml").is_file()


def test_a_project_without_our_classifier_has_no_profiles(tmp_path, data):
    write_stock(data, tmp_path / "stock", epochs=1)
    with pytest.raises(ConfigError, match=r"no component of bot\.nlu\.classifier"):
        write_ours(tmp_path / "stock", data, tmp_path / "ours", profile="lexical")


def test_our_own_data_keep_their_labels_and_their_domain(tmp_path):
    codes = write_ours(ROOT, load_own(ROOT), tmp_path, profile=None)
    assert codes.code("faq/delivery_times") == codes.label("faq/delivery_times")
    assert (tmp_path / "domain.yml").read_text() == (ROOT / "domain.yml").read_text()
    before = len(load_examples(tmp_path / "data" / "nlu"))
    edit(tmp_path, "greet")
    assert len(load_examples(tmp_path / "data" / "nlu")) == before + 1


def test_the_others_get_the_same_examples_and_their_own_pipelines(tmp_path, data):
    write_stock(data, tmp_path / "stock", epochs=7)
    write_sparse(data, tmp_path / "sparse")
    names = {}
    for kind in ("stock", "sparse"):
        config = load_yaml(tmp_path / kind / "config.yml")
        names[kind] = {component["name"]: component for component in config["pipeline"]}
        assert len(load_examples(tmp_path / kind / "data" / "nlu")) == len(data.train)
    assert names["stock"]["DIETClassifier"]["epochs"] == 7
    assert "LogisticRegressionClassifier" in names["sparse"]


def test_labels_become_intents_and_are_found_again():
    labels = [*TOPICS, *(f"label {i}" for i in range(800))]
    codes = Codes(labels)
    assert len({codes.code(label) for label in labels}) == len(labels)
    assert [codes.label(codes.code(label)) for label in labels] == labels
    assert codes.label("nlu_fallback") == "nlu_fallback"


def test_intents_are_called_what_labels_are_called():
    labels = ["card_arrival", "Refund_not_showing?", "café 7", "out_of_scope", "a", "A"]
    codes = Codes(labels)
    assert [codes.code(label) for label in labels] == [
        *("card_arrival", "refund_not_showing", "caf"),
        *("intent_aad", "intent_aae", "intent_aaf"),
    ]


@pytest.mark.parametrize("name", list(Name))
def test_the_quick_profile_has_no_target_of_accuracy(name):
    assert "accuracy" in targets_of(name, profile="cascade")
    assert "accuracy" not in targets_of(name, profile="lexical")
    assert OF_SET[name]["accuracy"].met(0.99)
    assert not targets_of(name, profile="cascade")["pss_mb"].met(601)
