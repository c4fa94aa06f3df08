"""The graph component behind all others: what a text tells beside its intent.

It only adds up what the classifier, the entities and the tone say. All lists
stand in config.yml, where a trainer can change them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.errors import ConfigError
from bot.model.message import MAX_TEXT
from bot.model.reading import Signals
from bot.model.sign import SignKind
from bot.nlu.component import Config, names, setting
from bot.nlu.language import language_of
from bot.nlu.normalise import tokens
from bot.nlu.phrases import Phrases
from bot.nlu.question import Questions
from bot.nlu.ranking import (
    BRIEF,
    COMMON_WORDS,
    KNOWN_WORDS,
    LABEL_RANKING,
    READ_SIGNALS,
    TOKENS,
    Ranking,
    intent_of,
    ranking_of,
)
from bot.nlu.signs import SignReader, SignWords

SIGNALS = "signals"  # as Rasa tells them: plain dictionaries
BELIEVED = 0.5  # confidence from which a text is about its best intent
UNSETTLED = 0.6  # at least so likely is a reply to thanks that go on
DIGITS = 6  # of a probability that mean something
_UNRANKED = ranking_of({})
_PARTS = tuple(field.name for field in fields(SignWords))


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
        self._polite = frozenset(names(config, "polite_intents"))
        self._unsettled = Phrases({"unsettled": names(config, "unsettled_phrases")})
        self._questions = Questions(
            openers=names(config, "question_openers"),
            polite=names(config, "question_polite"),
            phrases=names(config, "question_phrases"),
        )
        self._personal = names(config, "personal_kinds")
        self._signs = SignReader(
            _sign_words(config), problems=frozenset(names(config, "problem_intents"))
        )

    @staticmethod
    def get_default_config() -> Config:
        """Return empty lists: what counts is the brand's choice, in config.yml."""
        return {
            "language": "en",  # of the training data
            "silent_intents": [],  # need no reply
            "polite_intents": [],  # of those: people thank first and then go on
            "unsettled_phrases": [],  # "but still": they do go on
            "problem_intents": [],  # who is friendly about these mocks
            "question_openers": [],  # first words of questions without a mark
            "question_polite": [],  # words before the first one: "hi", "please"
            "question_phrases": [],  # make a question wherever they stand
            "personal_kinds": [],  # kinds of entities that identify a person or order
            "signs": {},  # by kind: words, hints, never, intents, unless
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
        """Add the signals of each message and return the messages."""
        for message in messages:
            signals = self.signals(message)
            message.set(READ_SIGNALS, signals)
            if BRIEF not in (message.get("metadata") or ()):
                message.set(SIGNALS, asdict(signals), add_to_output=True)
        return messages

    def signals(self, message: Message) -> Signals:
        """Add up what is known of one classified message."""
        told = message.data
        text = str(told.get(TEXT) or "")[:MAX_TEXT]
        ranking: Ranking = told.get(LABEL_RANKING, _UNRANKED)
        tokenised = told.get(TOKENS) or tokens(text)
        intent = _believed(ranking)
        reply = needs_reply(ranking, self._silent)
        if reply < UNSETTLED and self._goes_on(tokenised, intent):
            reply = UNSETTLED
        found = {str(entity["entity"]) for entity in told.get(ENTITIES, ())}
        common = float(told.get(COMMON_WORDS, 1.0))
        return Signals(
            needs_reply=round(reply, DIGITS),
            known_words=round(float(told.get(KNOWN_WORDS, 1.0)), DIGITS),
            language=language_of(text, home=self._home, common_words=common),
            asks=self._questions.asked(tokenised),
            signs=self._signs.read(text, tokenised, ranking, intent),
            personal_data=tuple(kind for kind in self._personal if kind in found)
            if found
            else (),
        )

    def _goes_on(self, tokenised: Sequence[str], intent: str) -> bool:
        """Tell whether thanks or a farewell is not all: "thanks but it still leaks"."""
        asks = intent in self._polite and "?" in tokenised
        return asks or bool(self._unsettled.find(tokenised))


def _believed(ranking: Ranking) -> str:
    """Return the best intent if it is more likely than all others together."""
    for label, probability in ranking.best(1):
        if probability >= BELIEVED:
            return intent_of(label)
    return ""


def _sign_words(config: Config) -> dict[SignKind, SignWords]:
    given = config.get("signs", {})
    if not isinstance(given, Mapping):
        raise ConfigError("config.yml: signs must name kinds of signs")
    unknown = sorted(set(given) - {kind.value for kind in SignKind})
    if unknown:
        raise ConfigError(f"config.yml: there is no sign called {unknown[0]!r}")
    return {
        kind: _words_of(kind, given[kind.value])
        for kind in SignKind
        if kind.value in given
    }


def _words_of(kind: SignKind, given: object) -> SignWords:
    place = f"config.yml: signs: {kind.value}"
    if not isinstance(given, Mapping):
        raise ConfigError(f"{place} must hold lists of words")
    unknown = sorted(set(given) - set(_PARTS))
    if unknown:
        raise ConfigError(f"{place} knows no {unknown[0]!r}, only {', '.join(_PARTS)}")
    return SignWords(
        words=names(given, "words"),
        hints=names(given, "hints"),
        never=names(given, "never"),
        intents=frozenset(names(given, "intents")),
        unless=frozenset(names(given, "unless")),
    )
