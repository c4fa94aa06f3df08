"""The trained Rasa model as the port `Understanding`: texts in, readings out."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from bot.model.message import MAX_TEXT
from bot.model.reading import (
    FALLBACK,
    OUT_OF_SCOPE,
    Entity,
    Reading,
    Request,
    Signals,
)
from bot.nlu.bootstrap import prepare
from bot.nlu.model_file import check_model
from bot.nlu.parts import parts_of
from bot.nlu.several import MANNERS, Span, only_manners, requests_of

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.shared.nlu.training_data.message import Message

    from bot.nlu.ranking import Ranking, Scored

BATCH = 256  # texts for one run of the graph; bounds memory, larger is no faster
BATCH_CHARACTERS = 100_000  # together; bounds how long one call into C may take
ALTERNATIVES = 3
DIGITS = 6  # of a probability
_NOT_OURS = frozenset({OUT_OF_SCOPE, FALLBACK})
_NOT_A_COMMAND = "\u2215"  # a slash that Rasa does not take for "/intent"
# After so long a thread gets Python's lock back: the event loop while texts are read, and
# a parse, which lets go of it often, while a model is loaded beside it. Python's own is
# five times as long.
SWITCH_S = 0.001


class _Found(TypedDict):
    """An entity as Rasa tells it; its value is text, or what an extractor made of it."""

    entity: str
    value: object
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in memory. The dialogue runs on the same `agent`."""

    path: Path
    agent: Agent


def load_model(path: Path, *, config: Path) -> LoadedModel:
    """Check and load a trained model; takes about two seconds.

    From then on the process's threads take turns more often, see `SWITCH_S`.

    Args:
        path: a model-….tar.gz.
        config: the project's config.yml, which tells whether TensorFlow is needed.

    Raises:
        ModelError: the model is missing, damaged, altered or foreign.
        ConfigError: config.yml is missing or broken.
    """
    check_model(path)
    prepare(config)
    sys.setswitchinterval(SWITCH_S)
    from bot.nlu import runtime  # noqa: PLC0415 - Rasa must come after `prepare`

    agent = runtime.open_agent(path)
    # What Rasa has loaded stays for good; without this the garbage collector walks
    # through all of it again and again, a sixth of a second each time.
    gc.collect()
    gc.freeze()
    return LoadedModel(path, agent)


class RasaEngine:
    """Reads texts with a loaded model, many at a time, off the event loop.

    One thread does the work: the graph is bound by Python, so more threads would
    only slow each other down. Scale with processes.
    """

    def __init__(
        self, model: LoadedModel, thread: ThreadPoolExecutor | None = None
    ) -> None:
        self._model = model
        self._thread = thread or ThreadPoolExecutor(
            max_workers=1, thread_name_prefix="nlu"
        )

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return one reading for each text, in order; see the port.

        What lies behind `MAX_TEXT` characters is not read. Low confidence is no
        error: the ranking tells it, the policy decides.
        """
        loop = asyncio.get_running_loop()
        readings: list[Reading] = []
        for batch in _batches(texts):
            readings += await loop.run_in_executor(self._thread, self.read_now, batch)
        return readings

    def read_now(self, texts: Sequence[str]) -> list[Reading]:
        """Do what `read` does, in this thread and in one run of the graph."""
        from bot.nlu import runtime  # noqa: PLC0415 - Rasa must come after `prepare`

        if not texts:
            return []
        agent = self._model.agent
        readable = [_readable(text) for text in texts]
        messages = runtime.parse(agent, readable)
        cut = [_cut(*each) for each in zip(messages, readable, strict=True)]
        heads = runtime.classifier_of(agent).parts(cut).heads()
        return [
            _reading(message, _several(message, of_parts, len(parts)))
            for message, of_parts, parts in zip(messages, heads, cut, strict=True)
        ]

    def using(self, model: LoadedModel) -> RasaEngine:
        """Return an engine that reads with `model` in the thread of this one."""
        return RasaEngine(model, self._thread)

    def use(self, model: LoadedModel) -> None:
        """Read with `model` from the next batch on; one in hand ends as it began.

        Load it in a thread of its own (`asyncio.to_thread`): reading goes on
        meanwhile, and what it replaces is given back once nobody reads with it.
        """
        self._model = model

    def close(self) -> None:
        """Let go of the thread; a batch in hand is finished first."""
        self._thread.shutdown()


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Cut `texts` into what is read in one run, in order."""
    batch: list[str] = []
    characters = 0
    for text in texts:
        size = min(len(text), MAX_TEXT)
        if batch and (len(batch) == BATCH or characters + size > BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(text)
        characters += size
    if batch:
        yield batch


def _readable(text: str) -> str:
    """Return `text` at the same length, harmless to whatever reads it.

    Lone surrogates cannot be encoded.
    """
    return _no_command(text[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8"))


def _no_command(text: str) -> str:
    """Return `text` at the same length without a leading slash.

    With it a customer could name the intent ("/opt_out"), which Rasa believes at
    full confidence; it also looks behind blanks.
    """
    written = text.lstrip()
    if not written.startswith("/"):
        return text
    at = len(text) - len(written)
    return text[:at] + _NOT_A_COMMAND + written[1:]


def _cut(message: Message, text: str) -> list[str]:
    """Return the parts of `text`; nothing if it is read as a whole only."""
    asks = _signals(message).asks
    return [] if only_manners(_top(message), asks=asks) else parts_of(text)


def _ranking(message: Message) -> Ranking:
    from bot.nlu.ranking import LABEL_RANKING  # noqa: PLC0415 - numpy, for readers only

    ranking: Ranking = message.get(LABEL_RANKING)
    return ranking


def _signals(message: Message) -> Signals:
    from bot.nlu.ranking import READ_SIGNALS  # noqa: PLC0415 - likewise

    signals: Signals = message.get(READ_SIGNALS)
    return signals


def _top(message: Message) -> Scored:
    return _ranking(message).best(1)[0]


def _several(
    message: Message, heads: Mapping[Span, Scored], parts: int
) -> list[Scored]:
    asks = _signals(message).asks
    return requests_of(_ranking(message), heads, parts, asks=asks)


def _reading(message: Message, asked: Sequence[Scored]) -> Reading:
    ranking = _ranking(message)
    labels = {label for label, _ in asked}
    others = [
        one for one in ranking.best(len(asked) + ALTERNATIVES) if one[0] not in labels
    ]
    signals = _signals(message)
    return Reading(
        requests=tuple(_request(label, likely) for label, likely in asked),
        alternatives=tuple(_request(*one) for one in others[:ALTERNATIVES]),
        entities=tuple(_entities(message.get("entities", []))),
        signals=_wanting_reply(signals, asked),
        ours=_brief(1.0 - ranking.total(_NOT_OURS)),
    )


def _wanting_reply(signals: Signals, asked: Sequence[Scored]) -> Signals:
    """Return what the whole says, with more need of a reply where manners hid one."""
    requests = [_brief(likely) for label, likely in asked if label not in MANNERS]
    wanted = max(requests, default=0.0)
    if wanted <= signals.needs_reply:
        return signals
    return replace(signals, needs_reply=wanted)


def _request(label: str, probability: float) -> Request:
    intent, answer = _named(label)
    return Request(intent, _brief(probability), answer)


@lru_cache(maxsize=1024)  # more labels than any model has
def _named(label: str) -> tuple[str, str | None]:
    intent, _, answer = label.partition("/")
    return intent, answer or None


def _entities(found: Iterable[_Found]) -> Iterable[Entity]:
    for entity in found:
        yield Entity(
            str(entity["entity"]),
            str(entity["value"]),
            int(entity["start"]),
            int(entity["end"]),
        )


def _brief(probability: float) -> float:
    """Return it with as many digits as mean something: each message keeps some."""
    if 0.0 <= probability <= 1.0:
        return round(probability, DIGITS)
    return 0.0 if probability < 0.0 else 1.0
