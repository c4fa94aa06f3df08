"""Temporary Rasa projects that a data set is learned in."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import ascii_lowercase

import yaml

from bot.bench.stock_project import stock_pipeline
from bot.errors import ConfigError
from bot.nlu.data import load_yaml
from bot.nlubench.dataset import OUT_OF_SCOPE, DataSet, Sample

LEXICAL = "lexical"  # the profile without an encoder
CLASSIFIER = "bot.nlu.classifier."  # the component that has profiles
EDIT = "data/nlu/one_more_example.yml"
ADDED = "and this is one more example that was not there before"
_OTHERS = {"", OUT_OF_SCOPE, "nlu_fallback", "restart", "back", "session_start"}
SPARSE: Sequence[Mapping[str, object]] = (
    {"name": "WhitespaceTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {
        "name": "CountVectorsFeaturizer",
        "analyzer": "char_wb",
        "min_ngram": 1,
        "max_ngram": 4,
    },
    {"name": "LogisticRegressionClassifier"},
)


class Codes:
    """Labels of any form as intents, called as they are: `card_arrival`.

    The pipeline learns from names. Two that come out alike, or as what Rasa or our
    pipeline knows otherwise, are `intent_aab` for the second of all.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        names = [_intent(label) for label in labels]
        taken = {name for name, count in Counter(names).items() if count > 1}
        self._codes = {
            label: f"intent_{_letters(i)}" if name in taken | _OTHERS else name
            for i, (label, name) in enumerate(zip(labels, names, strict=True))
        }
        self._labels = {code: label for label, code in self._codes.items()}

    def code(self, label: str) -> str:
        """Return the intent that stands for `label`."""
        return self._codes[label]

    def label(self, intent: str) -> str:
        """Return what `intent` stands for; itself if it is none of these."""
        return self._labels.get(intent, intent)


class OwnNames(Codes):
    """The project's own labels, which need no others."""

    def code(self, label: str) -> str:
        return label


def write_ours(own: Path, data: DataSet, folder: Path, *, profile: str | None) -> Codes:
    """Write a project with our pipeline, `profile` set unless None, and `data`.

    Args:
        own: the project whose config.yml it is; also its data, for its own set.

    Returns:
        The names of the labels in the project's model.

    Raises:
        ConfigError: config.yml has no component that has profiles.
    """
    if data.is_own:
        write_copy(own, folder, profile=profile)
        return OwnNames(())
    codes = Codes(data.labels)
    _write_data(folder, data, codes)
    _write_config(own, folder, profile)
    return codes


def write_copy(own: Path, folder: Path, *, profile: str | None) -> None:
    """Write the project `own` once more, its classifier with `profile` unless None.

    Raises:
        ConfigError: config.yml has no component that has profiles.
    """
    _write_config(own, folder, profile)
    shutil.copytree(own / "data", folder / "data")
    shutil.copy(own / "domain.yml", folder / "domain.yml")


def profile_in(own: Path) -> str:
    """Return the profile of the project's classifier; "lexical" if it names none.

    Raises:
        ConfigError: config.yml has no component that has profiles.
    """
    return str(_classifier(load_yaml(own / "config.yml")).get("profile", LEXICAL))


def write_stock(data: DataSet, folder: Path, *, epochs: int) -> Codes:
    """Write a project with the pipeline of `rasa init` and `data`."""
    return _write_foreign(data, folder, stock_pipeline(epochs))


def write_sparse(data: DataSet, folder: Path) -> Codes:
    """Write a project with Rasa's own pipeline without a neural network."""
    return _write_foreign(data, folder, SPARSE)


def edit(folder: Path, label: str) -> None:
    """Add one example of the intent `label` to the project in `folder`."""
    _write(folder / EDIT, _nlu({label: [ADDED]}))


def _write_foreign(
    data: DataSet, folder: Path, pipeline: Sequence[Mapping[str, object]]
) -> Codes:
    codes = Codes(data.labels)
    _write_data(folder, data, codes)
    config = {
        "recipe": "default.v1",
        "assistant_id": "benchmark",
        "language": "en",
        "pipeline": list(pipeline),
        "policies": [{"name": "RulePolicy"}],
    }
    _write(folder / "config.yml", config)
    return codes


def _write_data(folder: Path, data: DataSet, codes: Codes) -> None:
    grouped: dict[str, list[str]] = {}
    for sample in data.train:
        grouped.setdefault(codes.code(sample.label), []).append(_line(sample))
    _write(folder / "data" / "nlu" / "all.yml", _nlu(grouped))
    domain = {"version": "3.1", "intents": [codes.code(label) for label in data.labels]}
    _write(folder / "domain.yml", domain)


def _nlu(grouped: Mapping[str, Sequence[str]]) -> dict[str, object]:
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in grouped.items()
    ]
    return {"version": "3.1", "nlu": blocks}


def _line(sample: Sample) -> str:
    """Return the example on one line; YAML cannot hold what is not printable."""
    return " ".join("".join(c if c.isprintable() else " " for c in sample.text).split())


def _write(path: Path, content: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = yaml.dump(
        content, Dumper=_Literal, allow_unicode=True, sort_keys=False, width=10_000
    )
    path.write_text(written, encoding="utf-8")


class _Literal(yaml.SafeDumper):
    """Writes texts of several lines as `|`, as trainers do."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Literal.add_representer(str, _text)


def _classifier(config: Mapping[str, object]) -> dict[str, object]:
    pipeline = config.get("pipeline")
    for component in pipeline if isinstance(pipeline, list) else ():
        if isinstance(component, dict) and str(component.get("name")).startswith(
            CLASSIFIER
        ):
            return component
    raise ConfigError(f"config.yml: no component of {CLASSIFIER[:-1]} in the pipeline")


def _write_config(own: Path, folder: Path, profile: str | None) -> None:
    config = load_yaml(own / "config.yml")
    if profile is not None:
        _classifier(config)["profile"] = profile
    _write(folder / "config.yml", _plain(config))


def _plain(config: Mapping[str, object]) -> dict[str, object]:
    """Return the configuration as YAML's plain types, without its comments."""
    found: dict[str, object] = json.loads(json.dumps(config))
    return found


def _intent(label: str) -> str:
    """Return the label's letters, folded, with one underscore where others stood."""
    return "_".join(re.findall("[a-z]+", label.casefold()))


def _letters(number: int) -> str:
    """Return 0 as aaa, 1 as aab: an intent's name holds no digits."""
    found = ""
    for _ in range(3):
        number, place = divmod(number, 26)
        found = ascii_lowercase[place] + found
    return found
