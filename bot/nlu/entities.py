"""The graph component that finds entities; patterns and names do the work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from threading import Lock
from typing import overload

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, EXTRACTOR, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.model.message import MAX_TEXT
from bot.model.reading import Entity
from bot.nlu.component import Config, names, setting
from bot.nlu.finder import PatternSettings
from bot.nlu.gazetteer import Gazetteer, NameMarks
from bot.nlu.patterns import Patterns, wide_as_plain, without_overlap
from bot.nlu.pieces import Pieces
from bot.nlu.wordbook import Wordbook

_FILE = "names.json"
_WORD = re.compile(r"\S+")


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True
)
class SocialEntities(EntityExtractorMixin, GraphComponent):  # type: ignore[misc]  # Rasa is untyped
    """Finds order numbers, contact data, money and dates by form, products by name."""

    def __init__(
        self,
        config: Config,
        model_storage: ModelStorage,
        resource: Resource,
        gazetteer: Gazetteer,
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._gazetteer = gazetteer
        self._book, self._one_at_a_time = Wordbook(), Lock()
        self._names = NameMarks(gazetteer, self._book)
        settings = PatternSettings(
            order_prefix=setting(config, "order_prefix", "FH"),
            order_digits=setting(config, "order_digits", 6),
            region=setting(config, "region", "GB"),
        )
        self._patterns = Patterns(settings, self._book)

    @staticmethod
    def get_default_config() -> Config:
        """Return the brand's patterns; `learned` are kinds taken from the examples."""
        return {
            "order_prefix": "FH",
            "order_digits": 6,
            "region": "GB",
            "learned": ["product", "carrier"],
            "carriers": [],  # names known beforehand
        }

    @classmethod
    def create(
        cls,
        config: Config,
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
    ) -> SocialEntities:
        """Return a component that knows no names yet."""
        return cls(config, model_storage, resource, Gazetteer({}))

    @classmethod
    def load(
        cls,
        config: Config,
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
        **_kwargs: object,
    ) -> SocialEntities:
        """Return the component as trained.

        Raises:
            ValueError: the stored names are absent or damaged.
        """
        with model_storage.read_from(resource) as folder:
            stored = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, Gazetteer.from_json(stored))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the names that people annotated, and store them."""
        wanted = set(names(self._config, "learned"))
        self._gazetteer = Gazetteer.learn(
            [mark for mark in _annotated(training_data) if mark[0] in wanted],
            [str(example.get(TEXT)) for example in training_data.nlu_examples],
            {"carrier": names(self._config, "carriers")},
        )
        self._names = NameMarks(self._gazetteer, self._book)
        with self._storage.write_to(self._resource) as folder:
            text = json.dumps(self._gazetteer.as_json(), ensure_ascii=False)
            (folder / _FILE).write_text(text, encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message and return the messages."""
        texts = [str(message.get(TEXT) or "")[:MAX_TEXT] for message in messages]
        for message, text, found in zip(
            messages, texts, self._find(texts), strict=True
        ):
            described = [self._as_rasa(entity) for entity in found]
            message.set(TOKENS_NAMES[TEXT], RasaTokens(text))
            before = message.get(ENTITIES, [])
            message.set(ENTITIES, [*before, *described], add_to_output=True)
        return messages

    def _find(self, texts: Sequence[str]) -> Iterator[list[Entity]]:
        """Yield all entities of each text, in order and without overlap."""
        plain = [wide_as_plain(text) for text in texts]
        with self._one_at_a_time:
            pieces = Pieces.of(plain, self._book)
            signs, named = self._patterns.signs(pieces), self._names.may_hold(pieces)
        for text, same, sign, name in zip(texts, plain, signs, named, strict=True):
            found = self._patterns.find(same, sign) if sign else []
            if name or same != text:  # what was looked at is not what was written
                found += self._gazetteer.find(text)
            yield without_overlap(found)

    def _as_rasa(self, entity: Entity) -> dict[str, object]:
        return {
            "entity": entity.kind,
            "value": entity.value,
            "start": entity.start,
            "end": entity.end,
            EXTRACTOR: self.name,
        }


def _annotated(training_data: TrainingData) -> Iterator[tuple[str, str]]:
    for example in training_data.entity_examples:
        text = str(example.get(TEXT))
        for entity in example.get(ENTITIES, []):
            yield str(entity["entity"]), text[entity["start"] : entity["end"]]


class RasaTokens(Sequence[Token]):
    """The words as `rasa test` needs them to compare entities.

    Nobody else looks at them, so they are made when somebody does.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _tokens(self) -> list[Token]:
        found = _WORD.finditer(self._text)
        return [Token(match.group(), match.start()) for match in found]

    def __len__(self) -> int:
        return len(self._tokens)

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> list[Token]: ...
    def __getitem__(self, at: int | slice) -> Token | list[Token]:
        return self._tokens[at]
