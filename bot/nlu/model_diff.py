"""What differs between the data of two models: examples, answers, other files."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.model.trained import Part, TrainedModel
from bot.nlu.data import load_examples, load_yaml
from bot.nlu.origin import files_in
from bot.nlu.shelf import ModelShelf


@dataclass(frozen=True, slots=True, order=True)
class Moved:
    """An example that stands under another label."""

    text: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDiff:
    """What the second of two models has been made from otherwise than the first.

    `added` and `removed` are examples as (label, text); `answers` name the responses
    that changed; `files` are the other files that did, `versions` code and libraries.
    """

    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    moved: tuple[Moved, ...]
    answers: tuple[str, ...]
    files: tuple[str, ...]
    versions: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both were made from the same."""
        parts = (self.added, self.removed, self.moved, self.answers, self.files)
        return not any((*parts, self.versions))


def model_diff(one: TrainedModel, other: TrainedModel, shelf: ModelShelf) -> ModelDiff:
    """Compare what two models on the shelf were made from.

    Raises:
        ModelError: a snapshot is missing or damaged.
    """
    before, after = _files(one, shelf), _files(other, shelf)
    lost, new = _examples(before), _examples(after)
    gone, come = sorted((lost - new).elements()), sorted((new - lost).elements())
    moved = _moved(gone, come)
    first, second = (
        {(m.before, m.text) for m in moved},
        {(m.after, m.text) for m in moved},
    )
    return ModelDiff(
        added=tuple(each for each in come if each not in second),
        removed=tuple(each for each in gone if each not in first),
        moved=moved,
        answers=_changed(_answers(before), _answers(after)),
        files=tuple(_others(_changed(before, after))),
        versions=one.origin.foreign_to(other.origin),
    )


def _files(model: TrainedModel, shelf: ModelShelf) -> dict[str, bytes]:
    return files_in(shelf.path(model.name, Part.SNAPSHOT))


def _examples(files: Mapping[str, bytes]) -> Counter[tuple[str, str]]:
    data = {n: content for n, content in files.items() if n.startswith("data/nlu/")}
    if not data:
        return Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, content in data.items():
            (Path(folder) / Path(name).name).write_bytes(content)
        found = load_examples(Path(folder))
    return Counter((example.label, example.text) for example in found)


def _moved(
    gone: Iterable[tuple[str, str]], come: Iterable[tuple[str, str]]
) -> tuple[Moved, ...]:
    """Return the texts that went from one label to one other."""
    before = {text: label for label, text in gone}
    return tuple(
        sorted(
            Moved(text, before[text], label) for label, text in come if text in before
        )
    )


def _answers(files: Mapping[str, bytes]) -> dict[str, str]:
    with tempfile.NamedTemporaryFile(suffix=".yml") as stream:
        stream.write(files.get("domain.yml", b"{}"))
        stream.flush()
        responses = load_yaml(Path(stream.name)).get("responses") or {}
    return {str(name): repr(texts) for name, texts in responses.items()}


def _changed(
    before: Mapping[str, object], after: Mapping[str, object]
) -> tuple[str, ...]:
    names = sorted(before.keys() | after.keys())
    return tuple(name for name in names if before.get(name) != after.get(name))


def _others(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if not name.startswith("data/nlu/"))
