"""From the ranking of labels to the shapes in which Rasa tells intents and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypedDict, Union

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LABEL_RANKING = "label_ranking"  # a `Ranking`; not for output
# In a message's metadata: whoever wants it read has no use for Rasa's own shapes.
BRIEF = "brief"
KNOWN_WORDS = "known_words"
COMMON_WORDS = "common_words"
READ_SIGNALS = "read_signals"  # a `Signals`; not for output
TOKENS = "plain_tokens"  # the normalised words; not for output
Scored = tuple[str, float]  # a label and its probability


LEADING = 6  # labels of each text that are put in order at once: more are seldom asked


class Rankings:
    """How likely each label is for each of the texts that were read together.

    What is to be known of one text is worked out for all of them, when it is first
    asked for.
    """

    def __init__(self, labels: tuple[str, ...], likely: NDArray[np.float64]) -> None:
        self.labels = labels
        self._likely = likely
        self._totals: dict[frozenset[str], list[float]] = {}

    def __iter__(self) -> Iterator[Ranking]:
        return (Ranking(self, row) for row in range(len(self._likely)))

    @cached_property
    def leading(self) -> list[tuple[list[int], list[float]]]:
        """The places of the likeliest labels of each text, and their probabilities."""
        places = _leading(self._likely, LEADING)
        likely = np.take_along_axis(self._likely, places, axis=1)
        return [*zip(places.tolist(), likely.tolist(), strict=True)]

    def all_of(self, row: int) -> list[Scored]:
        """Return all labels of a text, the likeliest first."""
        likely = self._likely[row]
        order = np.argsort(-likely, kind="stable").tolist()
        return [(self.labels[at], float(likely[at])) for at in order]

    def totals(self, labels: frozenset[str]) -> list[float]:
        """Return for each text how likely it is that one of `labels` is right."""
        totals = self._totals.get(labels)
        if totals is None:
            places = [at for at, label in enumerate(self.labels) if label in labels]
            totals = self._totals[labels] = self._likely[:, places].sum(axis=1).tolist()
        return totals


class Ranking:
    """All labels of one text with their probabilities."""

    __slots__ = ("_best", "_of", "_row")

    def __init__(self, of: Rankings, row: int) -> None:
        self._of, self._row = of, row
        self._best: list[Scored] | None = None

    def __iter__(self) -> Iterator[Scored]:
        return iter(self._of.all_of(self._row))

    def best(self, count: int) -> list[Scored]:
        """Return the `count` most likely labels, the best first."""
        if count > LEADING:
            return self._of.all_of(self._row)[:count]
        if self._best is None:
            labels = self._of.labels
            places, likely = self._of.leading[self._row]
            self._best = [*zip([labels[at] for at in places], likely, strict=True)]
        return self._best[:count]

    def total(self, labels: frozenset[str]) -> float:
        """Return how likely it is that one of `labels` is right."""
        return self._of.totals(labels)[self._row]


def ranking_of(likely: Mapping[str, float]) -> Ranking:
    """Return the ranking of labels whose probabilities are told one by one."""
    return Ranking(Rankings((*likely,), np.array([[*likely.values()]], float)), 0)


def _leading(likely: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Return the places of the `count` largest of each row, the first of equals first."""
    if count >= likely.shape[1]:
        return np.argsort(-likely, axis=1, kind="stable")
    places = np.argpartition(-likely, count - 1, axis=1)[:, :count]
    places.sort(axis=1)
    least = np.take_along_axis(likely, places, axis=1).min(axis=1, keepdims=True)
    # Where others are as likely as the last of these, they may not be the first.
    for row in np.flatnonzero((likely >= least).sum(axis=1) > count):
        places[row] = np.sort(np.argsort(-likely[row], kind="stable")[:count])
    found = np.take_along_axis(likely, places, axis=1)
    order = np.argsort(-found, axis=1, kind="stable")
    return np.asarray(np.take_along_axis(places, order, axis=1))


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
