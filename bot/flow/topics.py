"""What many write about and no intent covers: clusters, with a name for each. Pure.

Texts are compared by their words: each is a vector of tf-idf weights, and goes to the
cluster whose mean it is nearest to, or begins one; after one more round of the same
the clusters are what they are. The model's own embeddings would tell paraphrases
apart better, but whoever shows the queue carries no model: the words of a shop's
customers who want the same new thing are alike enough to be seen by a person, and a
cluster that is too small today is larger tomorrow. The result depends on the texts and
their order alone, and costs at most `MOST_TEXTS` × `MOST_CLUSTERS` comparisons a round.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log, sqrt
from typing import Final

from bot.flow.likeness import matter
from bot.model.review import Cause, NewTopic, ReviewItem

MOST_TEXTS: Final = 600  # the newest; more are not looked at
MOST_CLUSTERS: Final = 200
NEAR: Final = 0.25  # cosine to a cluster's mean from which a text belongs to it
FEWEST_CUSTOMERS: Final = 3  # one person who repeats themselves is no topic
FEWEST_ITEMS: Final = 3
_ROUNDS: Final = 2
_IN_NAME: Final = 2  # words
_MOST_WORDS: Final = 5
_MASK: Final = re.compile(r"<\w+>")
_ENDING: Final = re.compile(r"(?<=\w{3})(?:ing|ies|ed|es|e|s|y)$")
_DOUBLED: Final = re.compile(r"([^aeiouls])\1$")  # wrapp(ing)
# Beside what `matter` leaves out: every question has them.
_COMMON_TEXT: Final = (
    "can could would will shall should may might must need needs want wants get got"
    " give make any some when where what which who how why if then than there here"
    " not no yes cant dont wont didnt im id ill ive was were about into out up by as"
    " at that they them he she him her his hers one two still also now already ever"
    " always never please help tell know like really very much many too more be been"
    " take come go offer somebody someone anyone anybody"
)
_COMMON: Final = frozenset(_COMMON_TEXT.split())

_Vector = dict[str, float]


def topics(items: Sequence[ReviewItem]) -> tuple[NewTopic, ...]:
    """Return the topics among open items that fit nothing, the largest first."""
    fitting = [item for item in items if Cause.FITS_NOTHING in item.causes]
    newest = sorted(fitting, key=lambda one: (one.added_at, one.id))[-MOST_TEXTS:]
    words = [_words(item.text) for item in newest]
    told = [(item, row) for item, row in zip(newest, words, strict=True) if row]
    vectors = _vectors([row for _, row in told])
    made = [
        _topic([told[place] for place in places], [vectors[place] for place in places])
        for places in _clusters(vectors)
        if _is_topic([told[place][0] for place in places])
    ]
    return tuple(sorted(made, key=lambda topic: (-topic.size, topic.name)))


def _words(text: str) -> list[str]:
    told = matter(_MASK.sub(" ", text))
    return [word for word in told.split() if word not in _COMMON and len(word) > 1]


def _stem(word: str) -> str:
    return _DOUBLED.sub(r"\1", _ENDING.sub("", word))


def _vectors(rows: Sequence[Sequence[str]]) -> list[_Vector]:
    """Return a vector of length 1 for each row of words."""
    stems = [Counter(map(_stem, row)) for row in rows]
    holding = Counter(stem for row in stems for stem in row)
    rare = {stem: 1 + log(len(rows) / count) for stem, count in holding.items()}
    return [
        _of_length_1({stem: (1 + log(n)) * rare[stem] for stem, n in row.items()})
        for row in stems
    ]


def _of_length_1(vector: _Vector) -> _Vector:
    length = sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {stem: weight / length for stem, weight in vector.items()}


def _clusters(vectors: Sequence[_Vector]) -> list[list[int]]:
    """Return the places of texts that belong together, each place once."""
    means: list[_Vector] = []
    placed: list[list[int]] = []
    for _ in range(_ROUNDS):
        placed = [[] for _ in means]
        for place, vector in enumerate(vectors):
            nearest = _nearest(vector, means)
            if nearest is not None:
                placed[nearest].append(place)
            elif len(means) < MOST_CLUSTERS:
                means.append(dict(vector))
                placed.append([place])
        means = [_mean([vectors[place] for place in places]) for places in placed]
    return [places for places in placed if places]


def _nearest(vector: _Vector, means: Sequence[_Vector]) -> int | None:
    near = [(_cosine(vector, mean), -number) for number, mean in enumerate(means)]
    best, number = max(near, default=(0.0, 0))
    return -number if best >= NEAR else None


def _cosine(vector: _Vector, mean: Mapping[str, float]) -> float:
    return sum(weight * mean.get(stem, 0.0) for stem, weight in vector.items())


def _mean(vectors: Sequence[_Vector]) -> _Vector:
    total: _Vector = {}
    for vector in vectors:
        for stem, weight in vector.items():
            total[stem] = total.get(stem, 0.0) + weight
    return _of_length_1(total)


def _is_topic(items: Sequence[ReviewItem]) -> bool:
    customers = {item.customer for item in items}
    return len(items) >= FEWEST_ITEMS and len(customers) >= FEWEST_CUSTOMERS


def _topic(
    told: Sequence[tuple[ReviewItem, list[str]]], vectors: Sequence[_Vector]
) -> NewTopic:
    mean = _mean(vectors)
    ranked = sorted(
        zip(vectors, told, strict=True),
        key=lambda pair: (-_cosine(pair[0], mean), pair[1][0].id),
    )
    words = _telling([row for _, row in told], mean)
    return NewTopic(
        name="_".join(words[:_IN_NAME]),
        words=tuple(words),
        items=tuple(item for _, (item, _) in ranked),
        size=len(told),
    )


def _telling(rows: Sequence[Sequence[str]], mean: Mapping[str, float]) -> list[str]:
    """Return the words of the topic that weigh most, spelled as most people do."""
    spelled: dict[str, Counter[str]] = {}
    for row in rows:
        for word in row:
            spelled.setdefault(_stem(word), Counter())[word] += 1
    shared = [stem for stem in mean if sum(spelled[stem].values()) > 1]
    best = sorted(shared or list(mean), key=lambda stem: (-mean[stem], stem))
    named = sorted(best[:_IN_NAME], key=lambda stem: (_place(stem, rows), stem))
    return [
        min(spelled[stem], key=lambda word: (-spelled[stem][word], word))
        for stem in (*named, *best[_IN_NAME:_MOST_WORDS])
    ]


def _place(stem: str, rows: Sequence[Sequence[str]]) -> float:
    """Return where in a text the word stands, on average."""
    stems = [[_stem(word) for word in row] for row in rows]
    places = [row.index(stem) / len(row) for row in stems if stem in row]
    return sum(places) / len(places)
