"""Several requests in one message: the whole and its parts, read apart, put together.

Works on the probabilities of any classifier. A message is cut into sections at the
edges of its parts in every possible way. A way counts if each section is read as
something else than the others, one of them as what the whole is read as, and the
others surely; the best way is the one with the most evidence. Greetings, thanks and the
like beside a request are manners, no requests of their own; what the whole says to be
manners is that, unless it has a question's form.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, combinations, pairwise
from typing import TYPE_CHECKING

from bot.model.reading import FALLBACK

if TYPE_CHECKING:
    from bot.nlu.ranking import Ranking, Scored

# How something is said, or nothing, where a request stands beside it (docs/labelling.md).
MANNERS = frozenset(
    {
        "greet",
        "thanks",
        "goodbye",
        "affirm",
        "deny",
        "praise",
        "chatter",
        "spam",
        "abuse",
    }
)
# Chosen by scripts/several on training examples that the classifier had not seen: the
# most further requests found while one single request in thirty is taken for several.
FIRST = 0.5  # at least so sure that a section is what the whole is read as
FURTHER = 0.8  # and so sure that another section is a request of its own
_CERTAIN = 1 - 1e-6  # evidence has an end

Span = tuple[int, int]  # of parts: the first, and the one after the last
Sections = tuple[Span, ...]


@lru_cache(maxsize=8)
def spans_of(parts: int) -> tuple[Span, ...]:
    """Return all runs of neighbouring parts, but for the whole message."""
    edges = combinations(range(parts + 1), 2)
    return tuple((start, end) for start, end in edges if end - start < parts)


def requests_of(
    whole: Ranking, heads: Mapping[Span, Scored], parts: int, *, asks: bool
) -> list[Scored]:
    """Return what a message asks for; first what the whole is read as, never nothing.

    Args:
        whole: how the message is read.
        heads: as what each of `spans_of(parts)` is read, and how surely.
        parts: how many there are; fewer than two have no spans.
        asks: whether the message has a question's form.
    """
    top = whole.best(1)[0]
    if only_manners(top, asks=asks):
        return [top]
    if not any(_is_another(head, top) for head in heads.values()):  # as in most
        return [top]
    ways = ([heads[span] for span in cut] for cut in _cuts(parts))
    weighed = [(_evidence(way, top), way) for way in ways if way]
    best, way = max(weighed, key=lambda one: one[0], default=(0.0, []))
    return _merged(top, way, asks=asks) if best > 0 else [top]


def only_manners(top: Scored, *, asks: bool) -> bool:
    """Tell whether nothing else is looked for: "thanks, it is being refunded"."""
    return top[0] in MANNERS and not asks


def _is_another(head: Scored, top: Scored) -> bool:
    return head[1] >= FURTHER and head[0] != top[0]


@lru_cache(maxsize=8)
def _cuts(parts: int) -> tuple[Sections, ...]:
    """Return every way to cut that many parts into two or more sections."""
    inner = (combinations(range(1, parts), count) for count in range(1, parts))
    edges = ((0, *each, parts) for each in chain.from_iterable(inner))
    return tuple(tuple(pairwise(each)) for each in edges)


def _evidence(way: Sequence[Scored], top: Scored) -> float:
    """Return how much speaks for these sections; 0.0 if something speaks against them.

    Each section adds by how much its logit is above what it needs.
    """
    labels = {label for label, _ in way}
    if len(labels) < len(way) or FALLBACK in labels or top[0] not in labels:
        return 0.0
    total = 0.0
    for label, likely in way:
        needed = FIRST if label == top[0] else FURTHER
        if likely < needed:
            return 0.0
        total += _logit(likely) - _logit(needed)
    return total


def _merged(top: Scored, way: Sequence[Scored], *, asks: bool) -> list[Scored]:
    """Return the requests among the sections; what the whole is read as comes first.

    It is as sure as its section or the whole, whichever is surer: the whole's
    probability is shared by all that it asks for. Beside manners it is as sure as the
    whole, but for a standard question that is asked as one.
    """
    surest = dict(way)
    surest[top[0]] = max(surest[top[0]], top[1])
    others = sorted(surest, key=lambda label: (label != top[0], -surest[label]))
    kept = [label for label in others if label not in MANNERS] or [top[0]]
    if kept == [top[0]] and not (asks and "/" in top[0]):
        return [top]
    return [(label, surest[label]) for label in kept]


def _logit(likely: float) -> float:
    bounded = min(max(likely, 1 - _CERTAIN), _CERTAIN)
    return math.log(bounded / (1 - bounded))
