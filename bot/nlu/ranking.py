"""From the ranking of labels to the shapes in which Rasa tells intents and answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import TypedDict, Union

LABEL_RANKING = "label_ranking"  # a `Ranking`; not for output
# In a message's metadata: whoever wants it read has no use for Rasa's own shapes.
BRIEF = "brief"
KNOWN_WORDS = "known_words"
COMMON_WORDS = "common_words"
READ_SIGNALS = "read_signals"  # a `Signals`; not for output
TOKENS = "plain_tokens"  # the normalised words; not for output
Scored = tuple[str, float]  # a label and its probability


@dataclass(frozen=True, slots=True)
class Ranking:
    """All labels with their probabilities; pairs are made when they are looked at.

    `likely` has one probability a label, `order` their places, the best first.
    """

    labels: tuple[str, ...] = ()
    likely: Sequence[float] = ()
    order: Sequence[int] = ()

    def __iter__(self) -> Iterator[Scored]:
        return iter(self.best(len(self.order)))

    def best(self, count: int) -> list[Scored]:
        """Return the `count` most likely labels, the best first."""
        return [(self.labels[at], self.likely[at]) for at in self.order[:count]]

    def total(self, labels: frozenset[str]) -> float:
        """Return how likely it is that one of `labels` is right."""
        return sum(_picked(self.labels, labels)(self.likely))


@lru_cache(maxsize=32)
def _picked(
    labels: tuple[str, ...], wanted: frozenset[str]
) -> Callable[[Sequence[float]], Iterable[float]]:
    """Return what picks the probabilities of `wanted`."""
    places = [at for at, label in enumerate(labels) if label in wanted]
    if len(places) > 1:
        return itemgetter(*places)
    return lambda likely: [likely[at] for at in places]


class IntentScore(TypedDict):
    """An entry of Rasa's `intent_ranking`."""

    name: str
    confidence: float


class AnswerScore(TypedDict):
    """An entry of the ranking of a response selector."""

    confidence: float
    intent_response_key: str


class ChosenAnswer(AnswerScore):
    """The answer a response selector chose."""

    responses: list[dict[str, str]]
    utter_action: str


class Selected(TypedDict):
    """What a response selector says for one retrieval intent."""

    response: ChosenAnswer
    ranking: list[AnswerScore]


Selector = dict[str, Union[Selected, list[str]]]


@lru_cache(maxsize=1024)  # more labels than any model has
def intent_of(label: str) -> str:
    """Return the intent of a label: "faq" of "faq/stores"."""
    return label.partition("/")[0]


def intent_ranking(labels: Iterable[Scored], length: int) -> list[IntentScore]:
    """Return the best `length` intents, each as likely as its best label.

    Not as the sum of its labels: many lukewarm standard answers must not outweigh
    one likely intent, and the figure stays the confidence of what would be said.
    """
    best: dict[str, float] = {}
    for label, probability in labels:
        best.setdefault(intent_of(label), probability)
        if len(best) == length:
            break
    return [{"name": name, "confidence": p} for name, p in best.items()]


def response_selector(labels: Iterable[Scored], length: int) -> Selector:
    """Return the `response_selector` property; empty without retrieval intents.

    Confidences are conditional: how likely is this answer if the intent is right.
    The key "default" holds the best of all retrieval intents.
    """
    groups: dict[str, list[Scored]] = {}
    for label, probability in labels:
        if "/" in label:
            groups.setdefault(intent_of(label), []).append((label, probability))
    if not groups:
        return {}
    chosen = {intent: _selected(group, length) for intent, group in groups.items()}
    first = next(iter(groups))
    return {"all_retrieval_intents": sorted(groups), "default": chosen[first], **chosen}


def _selected(group: Sequence[Scored], length: int) -> Selected:
    total = sum([probability for _, probability in group]) or 1.0
    ranking: list[AnswerScore] = [
        {"confidence": probability / total, "intent_response_key": label}
        for label, probability in group[:length]
    ]
    best = ranking[0]["intent_response_key"]
    response: ChosenAnswer = {
        "confidence": ranking[0]["confidence"],
        "intent_response_key": best,
        "responses": [{"text": best}],
        "utter_action": f"utter_{best}",
    }
    return {"response": response, "ranking": ranking}
