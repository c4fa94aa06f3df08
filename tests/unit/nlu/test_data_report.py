"""The report on the data finds what confuses the model."""

from pathlib import Path

import pytest

from bot.nlu.data import load_examples, plain
from bot.nlu.data_report import data_report


def write(folder: Path, **labels: list[str]) -> Path:
    blocks = "".join(
        f"- intent: {label}\n  examples: |\n" + "".join(f"    - {t}\n" for t in texts)
        for label, texts in labels.items()
    )
    (folder / "data.yml").write_text(f'version: "3.1"\nnlu:\n{blocks}')
    return folder


def test_examples_are_counted_by_label_and_entity(tmp_path):
    report = data_report(
        write(tmp_path, greet=["hi", "hello"], thanks=["ta for the [lamp](product)"])
    )
    assert report.examples == 3
    assert report.by_label == {"greet": 2, "thanks": 1}
    assert report.by_entity == {"product": 1}


def test_a_duplicate_is_found_whatever_its_capitals(tmp_path):
    report = data_report(write(tmp_path, greet=["Hiiii @fernhollow"], thanks=["hi"]))
    (pair,) = report.duplicates
    assert (pair.first.line, pair.second.line) == (5, 8)
    assert pair.across
    assert report.has_conflicts


def test_near_duplicates_across_labels_come_first(tmp_path):
    one = "my big red lamp came broken in its box today"
    report = data_report(
        write(
            tmp_path,
            damaged_item=[one, "the old tent pole has snapped on the hill again today"],
            praise=[
                one + " again",
                "the old tent pole has snapped on a hill again today",
            ],
            wrong_item=["the wrong thing came"],
        )
    )
    assert [pair.across for pair in report.near_duplicates] == [True, True]
    assert all(pair.likeness >= 0.8 for pair in report.near_duplicates)


@pytest.mark.parametrize(
    ("texts", "share"),
    [(["a b c d", "e f g h"], 1.0), (["i am so sad", "i am so sad today"], 2 / 3)],
)
def test_variety_is_the_share_of_distinct_fourgrams(tmp_path, texts, share):
    report = data_report(write(tmp_path, greet=texts))
    assert report.distinct_fourgrams == pytest.approx(share)


def test_every_near_pair_is_found_that_a_full_comparison_finds(tmp_path):
    words = ["ab", "cd", "ef", "gh", "ij", "kl", "mn", "op", "qr", "st"]
    texts = [" ".join(words[:i] + words[i + 1 :]) for i in range(len(words))]
    report = data_report(write(tmp_path, greet=texts))
    assert len(report.near_duplicates) == 45  # each two share 8 of 10 words


def test_marks_of_entities_are_not_part_of_a_text(tmp_path):
    marked = (
        'my [tent](product) by [RM]{"entity": "carrier", "value": "Royal Mail"} [x]'
    )
    assert plain(marked) == "my tent by RM [x]"
    (example,) = load_examples(write(tmp_path, greet=[marked]))
    assert example.entities == (("product", "tent"), ("carrier", "RM"))
