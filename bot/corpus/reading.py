"""The files as they are at one moment, and the corpus that they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.corpus.domain_file import DomainFile
from bot.corpus.draft import Draft
from bot.corpus.layout import without_mark
from bot.corpus.log_file import NAME, Logged, provenances, read_log
from bot.corpus.nlu_file import NluFile, read_nlu
from bot.corpus.parses import Parses, text_of
from bot.corpus.versions import Digests, digests_of, version_of
from bot.errors import ConfigError
from bot.model.example import (
    CorpusState,
    CorpusVersion,
    Example,
    Label,
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files of a project are."""

    project: Path
    policy: Path

    @property
    def data(self) -> Path:
        """The folder of everything that trainers own but the domain."""
        return self.project / "data"

    @property
    def domain(self) -> Path:
        """The file of intents, entities and answers."""
        return self.project / "domain.yml"

    @property
    def log(self) -> Path:
        """The log of changes."""
        return self.data / NAME

    @property
    def nlu(self) -> list[Path]:
        """The files of examples, in the order in which Rasa reads them."""
        folder = self.data / "nlu"
        found = sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")])
        if not found:
            raise ConfigError(
                f"{folder}: no NLU data; expected at least one *.yml file"
            )
        return found


@dataclass(frozen=True)  # no slots: it keeps what it worked out
class Snapshot:
    """One reading of all files: `contents` by path, links resolved.

    `nlu` are the paths of those with examples, in Rasa's order.
    """

    places: Places
    nlu: tuple[Path, ...]
    contents: Mapping[Path, bytes]
    parses: Parses

    @cached_property
    def version(self) -> CorpusVersion:
        """What changes with any byte of the examples and the domain."""
        paths = [*self.nlu, self.places.domain.resolve()]
        return version_of((path.name, self.contents[path]) for path in paths)

    @cached_property
    def log(self) -> tuple[Logged, ...]:
        """The log of changes, oldest first."""
        path = self.places.log.resolve()
        return read_log(path, text_of(path, self.contents.get(path, b"")))

    @cached_property
    def state(self) -> CorpusState:
        """The corpus."""
        known = provenances(self.log)
        labels: dict[Label, list[Example]] = {}
        for path in self.nlu:
            for example in self.parses.examples(
                path, self.contents[path], name=self._name(path), known=known
            ):
                labels.setdefault(example.label, []).append(example)
        domain = self._domain
        return CorpusState(
            version=self.version,
            labels={label: tuple(held) for label, held in labels.items()},
            answers=domain.answers(),
            entity_kinds=domain.names("entities"),
        )

    @cached_property
    def digests(self) -> Digests:
        """What is remembered of this version."""
        return digests_of(self.state.labels, self.state.answers, self.log)

    def draft(self) -> Draft:
        """Return a draft of a change of these files."""
        domain, policy = self.places.domain.resolve(), self.places.policy.resolve()
        has_policy = policy in self.contents
        return Draft(
            [self._nlu_file(path) for path in self.nlu],
            (domain, text_of(domain, self.contents[domain])),
            (policy, text_of(policy, self.contents[policy])) if has_policy else None,
        )

    def with_texts(self, texts: Mapping[Path, str]) -> Snapshot:
        """Return the reading that there would be with other texts in some files."""
        written = {path: text.encode() for path, text in texts.items()}
        return Snapshot(
            self.places, self.nlu, {**self.contents, **written}, self.parses
        )

    @cached_property
    def _domain(self) -> DomainFile:
        path = self.places.domain.resolve()
        _, text = without_mark(text_of(path, self.contents[path]))
        return DomainFile(path, text)

    def _nlu_file(self, path: Path) -> NluFile:
        return read_nlu(path, text_of(path, self.contents[path]))

    def _name(self, path: Path) -> str:
        project = self.places.project.resolve()
        inside = path.is_relative_to(project)
        return path.relative_to(project).as_posix() if inside else str(path)


def take_snapshot(places: Places, parses: Parses) -> Snapshot:
    """Read all files.

    Raises:
        ConfigError: a file cannot be read.
    """
    nlu = tuple(path.resolve() for path in places.nlu)
    there = [path for path in (places.policy, places.log) if path.exists()]
    paths = [*nlu, *(path.resolve() for path in (places.domain, *there))]
    try:
        return Snapshot(
            places, nlu, {path: path.read_bytes() for path in paths}, parses
        )
    except OSError as error:
        raise ConfigError(
            f"{error.filename}: cannot be read: {error.strerror}"
        ) from None


def all_examples(labels: Mapping[Label, Sequence[Example]]) -> tuple[Example, ...]:
    """Return the examples of all labels in one row."""
    return tuple(example for held in labels.values() for example in held)
