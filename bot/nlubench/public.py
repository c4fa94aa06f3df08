"""BANKING77 and CLINC150 as their authors publish them, read from a folder.

Neither is part of this project; whoever wants the figures downloads them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

from bot.errors import InputError
from bot.nlubench.dataset import OUT_OF_SCOPE, DataSet, Name, Sample, fewest

BANKING77_FROM = (
    "https://github.com/PolyAI-LDN/task-specific-datasets, folder banking_data"
)
CLINC150_FROM = "https://github.com/clinc/oos-eval, folder data"
ENOUGH = 2  # examples of a label, below which nothing can be learned


def load_banking77(folder: Path) -> DataSet:
    """Read `train.csv` and `test.csv` of `folder`/banking77.

    Raises:
        InputError: a file is missing or broken; says where to get it.
    """
    here = folder / "banking77"
    train, test = _banking77(here / "train.csv"), _banking77(here / "test.csv")
    return _checked(DataSet(name=Name.BANKING77, train=train, test=test), here)


def load_clinc150(folder: Path) -> DataSet:
    """Read `data_full.json` of `folder`/clinc150.

    What the set gives for training is used for training: its sentences out of
    scope too, as one more label. Its validation part is left alone.

    Raises:
        InputError: the file is missing or broken; says where to get it.
    """
    path = folder / "clinc150" / "data_full.json"
    try:
        parts = json.loads(_content(path, CLINC150_FROM))
    except ValueError as error:
        raise InputError(f"{path}: not valid JSON: {error}") from error
    inside = _pairs(path, parts, "train"), _pairs(path, parts, "test")
    train, test = (
        pairs + tuple(Sample(sample.text, OUT_OF_SCOPE) for sample in outside)
        for pairs, outside in zip(
            inside,
            (_pairs(path, parts, "oos_train"), _pairs(path, parts, "oos_test")),
            strict=True,
        )
    )
    return _checked(
        DataSet(name=Name.CLINC150, train=train, test=test, outside=OUT_OF_SCOPE), path
    )


def _banking77(path: Path) -> tuple[Sample, ...]:
    rows = csv.DictReader(io.StringIO(_content(path, BANKING77_FROM), newline=""))
    if rows.fieldnames != ["text", "category"]:
        raise InputError(f"{path}:1: expected the columns text,category")
    samples: list[Sample] = []
    for row in rows:
        text, category = row["text"], row["category"]
        if not (text or "").strip() or not category or None in row:
            raise InputError(f"{path}:{rows.line_num}: expected a text and a category")
        samples.append(Sample(text, category))
    return tuple(samples)


def _pairs(path: Path, parts: object, name: str) -> tuple[Sample, ...]:
    rows = parts.get(name) if isinstance(parts, Mapping) else None
    if not isinstance(rows, list):
        raise InputError(f"{path}: expected a list of pairs under {name!r}")
    samples: list[Sample] = []
    for number, row in enumerate(rows, start=1):
        match row:
            case [str(text), str(label)] if text.strip():
                samples.append(Sample(text, label))
            case _:
                raise InputError(f"{path}: {name}, pair {number}: not [text, intent]")
    return tuple(samples)


def _content(path: Path, source: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError(f"{path} is missing; it comes from {source}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as UTF-8 text: {error}") from error


def _checked(found: DataSet, place: Path) -> DataSet:
    if len(found.labels) < 2 or not found.test:
        raise InputError(f"{place}: expected two intents at least, and test messages")
    if fewest(found.train) < ENOUGH:
        raise InputError(f"{place}: an intent has less than {ENOUGH} examples")
    if unknown := {sample.label for sample in found.test} - {*found.labels}:
        raise InputError(f"{place}: no examples of {', '.join(sorted(unknown))}")
    return found
