"""The calls into Rasa itself. To be imported only after `bootstrap.prepare`."""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.errors import ConfigError, ModelError
from bot.nlu.graph import PlannedRunner
from bot.nlu.model_file import REMEDY
from bot.nlu.ranking import BRIEF

with warnings.catch_warnings():  # Rasa's pinned libraries deprecate one another
    warnings.simplefilter("ignore")
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import OutputChannel, UserMessage
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
    from rasa.engine.exceptions import (
        GraphComponentException,
        GraphRunError,
        GraphSchemaException,
        GraphSchemaValidationException,
    )
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.shared.exceptions import RasaException
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.utils import validation

    from bot.nlu.classifier import IntentModel

_BRIEFLY = {BRIEF: True}
# What Rasa raises, also around the errors of components and for unknown ones.
_RASA_ERRORS = (
    RasaException,
    GraphRunError,
    GraphComponentException,
    GraphSchemaException,
    GraphSchemaValidationException,
    ImportError,
)


def open_agent(path: Path) -> Agent:
    """Load a model that has been checked.

    Raises:
        ModelError: Rasa or a component cannot use what is stored in it.
    """
    with _one_load, _validated_already(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            agent = Agent.load(path)
        except _RASA_ERRORS as error:
            raise ModelError(f"{path} cannot be loaded: {REMEDY}") from error
    agent.processor.graph_runner = PlannedRunner(agent.processor.graph_runner)
    return agent


_one_load = threading.Lock()


@contextlib.contextmanager
def _validated_already() -> Iterator[None]:
    """Let Rasa believe the domain in a model: training has checked it.

    The check in pure Python takes a third of the time of loading.
    """
    check = validation.validate_yaml_schema
    validation.validate_yaml_schema = _believe
    try:
        yield
    finally:
        validation.validate_yaml_schema = check


def _believe(*_text_and_schema: object) -> None:
    pass


def parse(agent: Agent, texts: Sequence[str]) -> list[Message]:
    """Run the graph once for all `texts`, without changing a character of them."""
    processor = agent.processor
    target = processor.model_metadata.nlu_target
    channel = OutputChannel()  # each message would make one of its own
    results = processor.graph_runner.run(
        inputs={
            PLACEHOLDER_MESSAGE: [_user_message(text, channel) for text in texts],
            PLACEHOLDER_TRACKER: DialogueStateTracker.from_events("reading", []),
        },
        targets=[target],
    )
    messages: list[Message] = results[target]
    return messages


def classifier_of(agent: Agent) -> IntentModel:
    """Return the classifier of a loaded model, to ask it without the graph."""
    runner: PlannedRunner = agent.processor.graph_runner
    return next(each for each in runner.components if isinstance(each, IntentModel))


def _user_message(text: str, channel: OutputChannel) -> UserMessage:
    message = UserMessage(
        None, channel, "reading", message_id="reading", metadata=_BRIEFLY
    )
    message.text = text  # the constructor would strip it and shift all entities
    return message


def train(project: Path, *, folder: Path, name: str) -> Path:
    """Train on the project's config.yml, domain.yml and data/ with Rasa's own graph.

    Returns:
        The model file, in `folder`.

    Raises:
        ConfigError: Rasa refuses the project; its words are passed on.
    """
    from bot.nlu.graph_training import train_graph  # noqa: PLC0415 - readers do without

    path = folder / name
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),  # progress bars of its inner loops
    ):
        # Rasa warns that a response selector is missing; the classifier is one.
        warnings.simplefilter("ignore")
        try:
            train_graph(project, path)
        except _RASA_ERRORS as error:
            raise _refusal(project, error) from error
    return path


def _refusal(project: Path, error: BaseException) -> ConfigError:
    """Say why in our own component's words where it was one of ours."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ConfigError):
        cause = cause.__cause__
    return cause or ConfigError(f"{project}: Rasa refuses to train: {error}")
