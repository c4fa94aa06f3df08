"""The graph component behind all others: what a text tells beside its intent.

It only adds up what the classifier, the entities and the tone say. All lists
stand in config.yml, where a trainer can change them.
"""

from __future__ import annotations

from dataclasses import fields

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.model.message import MAX_TEXT
from bot.model.reading import Signals
from bot.nlu.component import Config, names, setting, wholes
from bot.nlu.language import language_of
from bot.nlu.mood import MoodWords, mood
from bot.nlu.normalise import tokens
from bot.nlu.question import QuestionWords, asks
from bot.nlu.ranking import (
    COMMON_WORDS,
    KNOWN_WORDS,
    LABEL_RANKING,
    TOKENS,
    Ranking,
    intent_of,
)

SIGNALS = "signals"
_FIELDS = tuple(field.name for field in fields(Signals))
BELIEVED = 0.5  # confidence from which an intent sets the mood


def needs_reply(ranking: Ranking, silent: frozenset[str]) -> float:
    """Return the probability that a good brand account would not let it pass.

    Args:
        ranking: labels, whose probabilities sum to 1.0.
        silent: labels that need no reply, such as chatter and spam.
    """
    return min(max(1.0 - ranking.total(silent), 0.0), 1.0)


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False
)
class SocialSignals(GraphComponent):  # type: ignore[misc]  # Rasa is untyped
    """Sets the property `signals` from what the components before it found."""

    def __init__(self, config: Config) -> None:
        self._home = setting(config, "language", "en")
        self._silent = frozenset(names(config, "silent_intents"))
        self._urgent = frozenset(names(config, "urgent_intents"))
        self._angry = frozenset(names(config, "angry_intents"))
        self._calm = frozenset(names(config, "calm_intents"))
        self._questions = QuestionWords(
            openers=names(config, "question_openers"),
            polite=names(config, "question_polite"),
            phrases=names(config, "question_phrases"),
        )
        self._personal = names(config, "personal_kinds")
        self._words = MoodWords(
            insisting=names(config, "urgent_words"),
            angry=names(config, "angry_words"),
            rough=names(config, "rough_words"),
        )

    @staticmethod
    def get_default_config() -> Config:
        """Return empty lists: what counts is the brand's choice, in config.yml."""
        return {
            "language": "en",  # of the training data
            "silent_intents": [],  # need no reply
            "urgent_intents": [],  # urgent whatever the words
            "angry_intents": [],
            "calm_intents": [],  # capitals and swearing mean joy there
            "urgent_words": [],
            "angry_words": [],  # each makes angry by itself
            "rough_words": [],  # only together with shouting or "!!!"
            "question_openers": [],  # first words of questions without a mark
            "question_polite": [],  # words before the first one: "hi", "please"
            "question_phrases": [],  # make a question wherever they stand
            "personal_kinds": [],  # kinds of entities that identify a person or order
        }

    @classmethod
    def create(
        cls,
        config: Config,
        model_storage: ModelStorage,  # noqa: ARG003 - Rasa passes it by name
        resource: Resource,  # noqa: ARG003 - Rasa passes it by name
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
    ) -> SocialSignals:
        """Return the component; it has nothing to learn."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the signals of each whole message and return the messages."""
        for message in wholes(messages):
            message.set(SIGNALS, _as_dict(self.signals(message)), add_to_output=True)
        return messages

    def signals(self, message: Message) -> Signals:
        """Add up what is known of one classified message."""
        text = str(message.get(TEXT) or "")[:MAX_TEXT]
        ranking: Ranking = message.get(LABEL_RANKING, Ranking())
        known = float(message.get(KNOWN_WORDS, 1.0))
        common = float(message.get(COMMON_WORDS, 1.0))
        intent = _believed(ranking)
        tokenised = message.get(TOKENS) or tokens(text)
        tone = mood(text, tokenised, self._words)
        found = {str(entity["entity"]) for entity in message.get(ENTITIES, [])}
        return Signals(
            needs_reply=needs_reply(ranking, self._silent),
            known_words=known,
            language=language_of(text, home=self._home, common_words=common),
            asks=asks(tokenised, self._questions),
            urgent=tone.urgent or intent in self._urgent,
            angry=intent in self._angry or (tone.angry and intent not in self._calm),
            personal_data=tuple(kind for kind in self._personal if kind in found),
        )


def _believed(ranking: Ranking) -> str:
    """Return the best intent if it is more likely than all others together."""
    for label, probability in ranking.best(1):
        if probability >= BELIEVED:
            return intent_of(label)
    return ""


def _as_dict(signals: Signals) -> dict[str, object]:
    """Return the fields as they are; `asdict` would copy them one by one."""
    return {name: getattr(signals, name) for name in _FIELDS}
