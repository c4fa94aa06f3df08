"""Rasa's own validation of the project, in a fraction of the time of its command.

The same readers and the same `Validator` as `rasa data validate`; but each file is read
once, and what was read is not copied again for each of Rasa's importers, which took nine
tenths of the time on twenty thousand examples.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Final

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import (
    YAMLStoryReader,
)
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.importer import ResponsesSyncImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_config_file
from rasa.validator import Validator

_NLU = re.compile(r"^nlu\s*:", re.MULTILINE)
_STORIES = re.compile(r"^(?:stories|rules)\s*:", re.MULTILINE)
# The flow decides without stories; that Rasa finds none for something is no mistake.
_MEANT: Final = re.compile(
    r"is not used in any story or rule|duplicated intents have been found across|"
    r"Slot auto-fill has been removed"
)


def complaints(project: Path) -> list[str]:
    """Return what Rasa says against the project's files, one line each, in its words.

    Complaints that this program's design answers are left out: most answers are in no
    story because no story chooses them. `prepare` must have been called before.
    """
    with _overheard() as said:
        try:
            _validate(project)
        except RasaException as error:
            said.append(str(error))
        except SystemExit:  # Rasa leaves the program after it has said why
            pass
    lines = dict.fromkeys(_plain(line) for line in said)
    return [line for line in lines if line and not _MEANT.search(line)]


def _validate(project: Path) -> None:
    validator = _validator(project)
    checks = (
        validator.verify_domain_validity,
        lambda: validator.verify_nlu(ignore_warnings=False),
        validator.verify_forms_in_stories_rules,
        validator.verify_actions_in_stories_rules,
        validator.verify_form_slots,
        validator.verify_slot_mappings,
        lambda: validator.verify_story_structure(ignore_warnings=False),
        validator.warn_if_config_mandatory_keys_are_not_set,
    )
    for check in checks:
        check()


def _validator(project: Path) -> Validator:
    domain = Domain.load(str(project / "domain.yml"))
    stories: list[Path] = []
    examples: list[Message] = []
    for file in sorted((project / "data").rglob("*.y*ml")):
        text = file.read_text(encoding="utf-8")
        if _NLU.search(text):
            reader = RasaYAMLReader()
            reader.filename = str(file)
            examples += reader.reads(text).training_examples
        if _STORIES.search(text):
            stories.append(file)
    data = TrainingData()
    data.training_examples = examples  # without comparing all with all again
    data.responses = domain.retrieval_intent_responses
    domain = _with_retrieval(domain, data)
    steps = [
        step
        for file in stories
        for step in YAMLStoryReader(domain, str(file)).read_from_file(str(file))
    ]
    config = read_config_file(str(project / "config.yml"))
    return Validator(domain, data, StoryGraph(steps), config)


def _with_retrieval(domain: Domain, data: TrainingData) -> Domain:
    """Add what Rasa's importer derives from retrieval intents."""
    more = ResponsesSyncImporter._get_domain_with_retrieval_intents(
        data.retrieval_intents, data.responses, domain
    )
    return domain.merge(more)


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Collect what Rasa warns of, logs and prints, in that order."""
    said: list[str] = []
    handler = _Listener(said)
    logger = logging.getLogger("rasa")
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    with (
        warnings.catch_warnings(record=True) as caught,
        redirect_stdout(io.StringIO()) as printed,
        redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("always")
        try:
            yield said
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate
            ours = (w for w in caught if issubclass(w.category, UserWarning))
            said += [str(warning.message) for warning in ours]
            said += printed.getvalue().splitlines()


class _Listener(logging.Handler):
    """Keeps what is logged."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record.getMessage())


def _plain(line: str) -> str:
    """Return it on one line, without colours."""
    return " ".join(re.sub(r"\x1b\[[\d;]*m", "", line).split())
