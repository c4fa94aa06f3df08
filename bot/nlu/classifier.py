"""The graph component that classifies: intent, ranking and standard answer at once.

It learns full retrieval intents and writes the `response_selector` property in
the shape of Rasa's ResponseSelector, so that rules like `intent: faq → action:
utter_faq` work without a second model.
"""

from __future__ import annotations

from collections.abc import Sequence

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.errors import ConfigError
from bot.nlu.cascade import Cascade, SecondLook
from bot.nlu.component import Config, setting
from bot.nlu.encoder.opening import open_encoder
from bot.nlu.encoder.port import SentenceEncoder
from bot.nlu.learning import learn
from bot.nlu.lexical import LexicalModel
from bot.nlu.normalise import tokens
from bot.nlu.part_heads import PartReader
from bot.nlu.profile import CASCADE
from bot.nlu.ranking import (
    BRIEF,
    COMMON_WORDS,
    KNOWN_WORDS,
    LABEL_RANKING,
    TOKENS,
    Ranking,
    Rankings,
    intent_ranking,
    response_selector,
)


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True
)
class IntentModel(IntentClassifier, GraphComponent):  # type: ignore[misc]  # Rasa is untyped
    """Words first, a sentence encoder where they leave it open; calibrated confidence.

    `profile` says how: `lexical` (words alone), `accurate` (the encoder reads every
    message) or `cascade` (it reads those whose best two labels come close).

    Sets on each message: `intent`, `intent_ranking`, `response_selector` (unless it
    is to be brief), and for the components behind it `label_ranking` and
    `known_words` and `common_words` (shares from 0.0 to 1.0).
    """

    def __init__(
        self,
        config: Config,
        model_storage: ModelStorage,
        resource: Resource,
        model: Cascade | None = None,
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> Config:
        """Return the hyper-parameters, chosen by cross-validation on the data."""
        return {
            "profile": CASCADE,
            "encoder": "minilm",  # or multilingual, a folder, hub:owner/model
            "word_longest": 2,  # n-grams of 1 to this many words
            "word_min_count_joined": 2,  # examples in which several words stand together
            "char_shortest": 2,
            "char_longest": 4,
            "char_min_count": 2,  # examples in which a character n-gram occurs
            "char_weight": 1.0,  # of characters against words
            "strength": 0.3,  # the support vector machine's C
            "cascade_price": 0.02,  # of what the encoder reads, this much must come right
            "folds": 3,  # held out in turn to calibrate the confidence
            "seed": 7,
            "ranking_length": 10,
        }

    @classmethod
    def create(
        cls,
        config: Config,
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
    ) -> IntentModel:
        """Return an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Config,
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
        **_kwargs: object,
    ) -> IntentModel:
        """Return the component as trained.

        Raises:
            ValueError: the stored model is absent or damaged.
            ConfigError: the encoder is missing, altered or another than at training.
        """
        with model_storage.read_from(resource) as folder:
            lexical, second = LexicalModel.load(folder), SecondLook.load(folder)
        encoder = _encoder(config, second) if second else None
        return cls(config, model_storage, resource, Cascade(lexical, second, encoder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that have an intent, and store the model."""
        examples = training_data.intent_examples
        learned = learn(
            [str(example.get(TEXT)) for example in examples],
            [str(example.get_full_intent()) for example in examples],
            self._config,
        )
        self._model = learned.model
        with self._storage.write_to(self._resource) as folder:
            learned.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify all `messages` together and return them."""
        if self._model is None or not messages:
            return messages
        texts = [str(message.get(TEXT) or "") for message in messages]
        tokenised = [tokens(text) for text in texts]
        guess = self._model.guess(texts, tokenised)
        rankings = Rankings(self._model.labels, guess.probabilities)
        known, common = guess.known.tolist(), guess.common.tolist()
        length = setting(self._config, "ranking_length", 10)
        for row, (message, ranking) in enumerate(zip(messages, rankings, strict=True)):
            message.set(LABEL_RANKING, ranking)
            message.set(TOKENS, tokenised[row])
            message.set(KNOWN_WORDS, known[row], add_to_output=True)
            message.set(COMMON_WORDS, common[row], add_to_output=True)
            if BRIEF not in (message.get("metadata") or ()):
                _describe(message, ranking, length)
        return messages

    def parts(self, cut: Sequence[Sequence[str]]) -> PartReader:
        """Return what reads the parts of messages by their words alone.

        Args:
            cut: the parts of each message.

        Raises:
            ValueError: nothing was learned yet.
        """
        if self._model is None:
            raise ValueError("an untrained classifier reads nothing")
        return PartReader(self._model.lexical, cut)


def _encoder(config: Config, second: SecondLook) -> SentenceEncoder:
    name = setting(config, "encoder", "minilm")
    encoder = open_encoder(name)
    if encoder.identity != second.encoder_identity:
        raise ConfigError(
            f"config.yml: encoder: {name} holds other weights than at training: "
            "run `firstline train`"
        )
    return encoder


def _describe(message: Message, ranking: Ranking, length: int) -> None:
    """Say it as Rasa's own classifiers and its response selector do."""
    intents = intent_ranking(ranking, length)
    message.set(INTENT, intents[0], add_to_output=True)
    message.set("intent_ranking", intents, add_to_output=True)
    selector = response_selector(ranking, length)
    if selector:
        message.set("response_selector", selector, add_to_output=True)
