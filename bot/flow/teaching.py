"""How much a trainer's look at a message may teach the model. Pure.

worth of a group = the most that one of its items teaches
                   × log2(1 + how many there are) × 0.5 ^ (age of the newest / HALF_LIFE)

An item teaches the sum over its causes of WEIGHTS[cause] × surprise. The surprise lies
between ½ and 1. Where somebody says that the model was wrong, it is the greater the
surer the model was: it will be as sure of the next one. Where only the model doubts,
it is the greater the less its two best guesses are apart: there an example decides
most. Numbers count by their logarithm, so that a storm of one matter does not bury
everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import log2
from typing import Final

from bot.model.review import Cause, ReviewGroup, ReviewItem

HALF_LIFE: Final = timedelta(days=14)
WEIGHTS: Final = {
    Cause.CORRECTED: 3.0,  # an agent read it and said what it is
    Cause.ASKED_AGAIN: 2.0,  # the customer had a wrong answer
    Cause.MODELS_DIFFER: 1.5,
    Cause.REJECTED: 1.5,
    Cause.FITS_NOTHING: 1.2,
    Cause.UNSURE: 1.0,
}
_SAID_WRONG: Final = frozenset(
    {Cause.CORRECTED, Cause.ASKED_AGAIN, Cause.REJECTED, Cause.MODELS_DIFFER}
)


def teaches(item: ReviewItem) -> float:
    """Return how much the item teaches, whatever its age and its likes."""
    return sum(WEIGHTS[cause] * _surprise(item, cause) for cause in item.causes)


def _surprise(item: ReviewItem, cause: Cause) -> float:
    if cause in _SAID_WRONG:
        return (1 + item.confidence) / 2
    if cause is Cause.FITS_NOTHING:
        return 1 - item.ours / 2
    second = max((one.confidence for one in item.alternatives), default=0.0)
    apart = max(0.0, item.confidence - second)
    return 1 - min(1.0, apart) / 2


def worth(items: Sequence[ReviewItem], *, now: datetime) -> float:
    """Return what orders the queue: how much a group of open items may teach."""
    newest = max(found.at for item in items for found in item.findings)
    age = max(timedelta(0), now - newest)
    fading: float = 0.5 ** (age / HALF_LIFE)
    return max(map(teaches, items)) * log2(1 + len(items)) * fading


def grouped(items: Sequence[ReviewItem], *, now: datetime) -> list[ReviewGroup]:
    """Return open items in their groups: what teaches most first, in both."""
    groups: dict[str, list[ReviewItem]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    made = [_group(members, now=now) for members in groups.values()]
    return sorted(made, key=lambda group: (-group.worth, group.id))


def _group(members: Sequence[ReviewItem], *, now: datetime) -> ReviewGroup:
    ordered = sorted(members, key=lambda one: (-teaches(one), one.added_at, one.id))
    return ReviewGroup(
        id=ordered[0].group,
        items=tuple(ordered),
        size=len(ordered),
        worth=worth(ordered, now=now),
    )


def least_worth(
    items: Sequence[ReviewItem], count: int, *, now: datetime
) -> list[ReviewItem]:
    """Return the `count` open items that teach least, the least first.

    Of near-duplicates the later ones go before anything that says something else.
    """
    ranked: list[tuple[float, ReviewItem]] = []
    for group in grouped(items, now=now):
        ranked += [
            (group.worth / (1 + place), item) for place, item in enumerate(group.items)
        ]
    ranked.sort(key=lambda one: (one[0], one[1].added_at, one[1].id))
    return [item for _, item in ranked[:count]]
