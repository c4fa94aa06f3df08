"""Reads a project for Rasa's training: what `rasa train` reads, in a tenth of its time.

Rasa checks each file against a schema in pure Python, reads all of them twice, and copies
every example deeply for each of its wrappers. Here the files, which are checked already,
are read once. To be imported only after `bootstrap.prepare`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from ruamel.yaml import YAML

from bot.errors import ConfigError

with warnings.catch_warnings():  # Rasa's pinned libraries deprecate one another
    warnings.simplefilter("ignore")
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.training_data.structures import StoryGraph
    from rasa.shared.importers.importer import E2EImporter, ResponsesSyncImporter
    from rasa.shared.importers.rasa import RasaFileImporter
    from rasa.shared.nlu.training_data.formats import RasaYAMLReader
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

_PLAIN = frozenset({"intent", "examples"})


class ProjectImporter(E2EImporter):  # type: ignore[misc]  # Rasa is untyped
    """What a project holds, as Rasa's own importers put it together."""

    def __init__(self, project: Path) -> None:
        super().__init__(_Synchronised(_Files(project)))

    def get_domain(self) -> Domain:
        """Return the domain with what data and stories add to it."""
        return self._domain

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:  # noqa: ARG002 - Rasa passes it
        """Return all examples, with the actions and the messages of stories."""
        return self._nlu_data

    @cached_property
    def _domain(self) -> Domain:
        return super().get_domain()

    @cached_property
    def _nlu_data(self) -> TrainingData:
        examples = self.importer.get_nlu_data()
        dialogue = E2EImporter(_NoExamples(self.importer)).get_nlu_data()
        return _joined(examples, dialogue.training_examples, examples.responses)


class _Synchronised(ResponsesSyncImporter):  # type: ignore[misc]  # as above
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:  # noqa: ARG002 - Rasa passes it
        """Return the files' examples with the answers of the domain."""
        return self._nlu_data

    @cached_property
    def _nlu_data(self) -> TrainingData:
        examples = self._importer.get_nlu_data()
        answers = self._importer.get_domain().retrieval_intent_responses
        return _joined(examples, [], {**examples.responses, **answers})


class _NoExamples(ResponsesSyncImporter):  # type: ignore[misc]  # as above
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:  # noqa: ARG002 - Rasa passes it
        return TrainingData()


class _Files(RasaFileImporter):  # type: ignore[misc]  # as above
    """The files of a project, each read once."""

    def __init__(self, project: Path) -> None:
        files = (project / "config.yml", project / "domain.yml")
        super().__init__(*map(str, files), [str(project / "data")])

    def get_domain(self) -> Domain:
        return self._domain

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:  # noqa: ARG002 - Rasa passes it
        return self._stories

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:  # noqa: ARG002 - Rasa passes it
        return self._nlu_data

    @cached_property
    def _domain(self) -> Domain:
        return super().get_domain()

    @cached_property
    def _stories(self) -> StoryGraph:
        return super().get_stories()

    @cached_property
    def _nlu_data(self) -> TrainingData:
        reader = RasaYAMLReader()
        for file in self._nlu_files:
            _read(Path(file), reader)
        return TrainingData(
            reader.training_examples,
            reader.entity_synonyms,
            reader.regex_features,
            reader.lookup_tables,
            reader.responses,
        )


def _joined(
    examples: TrainingData,
    messages: Sequence[Message],
    responses: Mapping[str, list[dict[str, object]]],
) -> TrainingData:
    """Return `examples` with further messages and other answers, nothing copied."""
    joined = TrainingData(
        entity_synonyms=examples.entity_synonyms,
        regex_features=examples.regex_features,
        lookup_tables=examples.lookup_tables,
        responses=dict(responses),
    )
    joined.training_examples = [*messages, *examples.training_examples]
    joined._fill_response_phrases()
    return joined


def _read(file: Path, reader: RasaYAMLReader) -> None:
    """Add what is in `file` to what `reader` has read."""
    text = file.read_text(encoding="utf-8")
    content = YAML(typ="safe").load(text)
    if not isinstance(content, Mapping):
        raise ConfigError(f"{file}:1: expected keys and values at the top level")
    reader.filename = str(file)
    if not _is_plain(content):  # `check_project` knows intents and examples only
        reader.validate(text)
    reader._parse_nlu(content.get("nlu"))
    reader.responses.update(content.get("responses") or {})


def _is_plain(content: Mapping[str, object]) -> bool:
    blocks = content.get("nlu") or []
    return isinstance(blocks, list) and all(
        isinstance(block, Mapping) and block.keys() == _PLAIN for block in blocks
    )
