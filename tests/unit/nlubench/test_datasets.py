"""Published sets are read as they are, and what is missing or broken is told."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from bot.commands.benchmark import names_of, samples_of
from bot.errors import InputError
from bot.model.reading import FALLBACK
from bot.nlubench.dataset import OUT_OF_SCOPE, Name, few_shot
from bot.nlubench.own import load_own
from bot.nlubench.public import load_banking77, load_clinc150
from tests.builders import ROOT
from tests.unit.nlubench.sets import TOPICS, write_banking77, write_clinc150


def test_banking77_has_its_intents_and_nothing_out_of_scope(tmp_path):
    found = load_banking77(write_banking77(tmp_path))
    assert found.labels == tuple(sorted(TOPICS))
    assert (len(found.train), len(found.test)) == (14 * 3, 6 * 3)
    assert found.test[0].text.startswith("\n- "), "what is judged is left as it is"
    assert found.passed_over == {FALLBACK}


def test_what_is_out_of_scope_in_clinc150_is_a_label_that_accuracy_passes_over(
    tmp_path,
):
    found = load_clinc150(write_clinc150(tmp_path))
    assert found.labels == tuple(sorted([*TOPICS, OUT_OF_SCOPE]))
    counts = Counter(sample.label for sample in found.test)
    assert counts[OUT_OF_SCOPE] == 6
    assert found.passed_over == {FALLBACK, OUT_OF_SCOPE}


def test_the_projects_own_out_of_scope_is_a_label_like_any_other():
    found = load_own(ROOT)
    assert len(found.train) > 10_000
    assert len(found.test) >= 600
    assert found.passed_over == {FALLBACK}
    assert all(sample.needs_reply is not None for sample in found.test)
    assert not {s.text for s in found.train} & {
        s.text for s in found.test if len(s.text.split()) > 4
    }, "nobody trains on what is judged"


def test_a_sample_has_ten_of_each_and_is_the_same_for_a_seed(tmp_path):
    whole = load_banking77(write_banking77(tmp_path))
    samples = [few_shot(whole, seed=seed) for seed in (0, 0, 1)]
    counts = Counter(sample.label for sample in samples[0].train)
    assert set(counts.values()) == {10}
    assert samples[0] == samples[1] != samples[2]
    assert samples[0].test == whole.test


def test_all_are_four_sets_and_the_small_samples_of_banking77_are_three(tmp_path):
    write_clinc150(write_banking77(tmp_path))
    found = {name: samples_of(name, ROOT, tmp_path) for name in names_of("all")}
    assert list(found) == list(Name)
    assert {name: len(samples) for name, samples in found.items()} == {
        **dict.fromkeys(Name, 1),
        Name.BANKING77_10: 3,
    }
    assert all(s.name is name for name, samples in found.items() for s in samples)
    assert len({sample.train for sample in found[Name.BANKING77_10]}) == 3
    assert found[Name.BANKING77] == [load_banking77(tmp_path)]
    assert found[Name.CLINC150] == [load_clinc150(tmp_path)]


@pytest.mark.parametrize("missing", ["train.csv", "test.csv"])
def test_a_missing_file_is_named_and_so_is_its_source(tmp_path, missing):
    (write_banking77(tmp_path) / "banking77" / missing).unlink()
    with pytest.raises(InputError, match=rf"{missing} is missing.*PolyAI"):
        load_banking77(tmp_path)
    with pytest.raises(InputError, match=r"data_full\.json is missing.*clinc"):
        load_clinc150(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text;category\nhi;greet\n", r"train\.csv:1: expected the columns"),
        ("", r"train\.csv:1: expected the columns"),
        ("text,category\nhi\n", r"train\.csv:2: expected a text and a category"),
        ("text,category\nhi,a,b\n", r"train\.csv:2: expected a text and a category"),
        ('text,category\n"  ",a\n', r"train\.csv:2: expected a text and a category"),
        ("text,category\nhi,a\nho,a\n", "two intents at least"),
        ("text,category\nhi,a\nho,a\nhe,b\n", "less than 2 examples"),
        ("text,category\nhi,a\nho,a\nhe,b\nha,b\n", "no examples of Top_up"),
    ],
)
def test_a_broken_table_is_told_with_its_line(tmp_path, content, said):
    (write_banking77(tmp_path) / "banking77" / "train.csv").write_text(content)
    with pytest.raises(InputError, match=said):
        load_banking77(tmp_path)


def test_a_table_in_another_encoding_is_told(tmp_path):
    file = write_banking77(tmp_path) / "banking77" / "test.csv"
    file.write_bytes("text,category\ncafé,Top_up\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"test\.csv cannot be read as UTF-8"):
        load_banking77(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda parts: parts.pop("oos_train"), "'oos_train'"),
        (lambda parts: parts["test"].append(["only a text"]), "test, pair 19"),
        (lambda parts: parts["train"].append([1, "w2"]), "train, pair 43"),
        (lambda parts: parts.update(test=[], oos_test=[]), "test messages"),
    ],
)
def test_a_broken_set_is_told_with_the_place(tmp_path, change, said):
    file = write_clinc150(tmp_path) / "clinc150" / "data_full.json"
    parts = json.loads(file.read_text())
    change(parts)
    file.write_text(json.dumps(parts))
    with pytest.raises(InputError, match=said):
        load_clinc150(tmp_path)


def test_what_is_no_json_is_told(tmp_path):
    file = write_clinc150(tmp_path) / "clinc150" / "data_full.json"
    for content in ("{", "[]"):
        file.write_text(content)
        with pytest.raises(InputError, match=r"data_full\.json"):
            load_clinc150(tmp_path)
