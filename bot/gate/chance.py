"""Whether a difference between two models means something, or is what chance makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESAMPLES = 500
SEED = 7

Figure = Callable[["NDArray[np.intp]"], float]  # of the messages in these rows


def chance_of_loss(lost: int, won: int) -> float:
    """Return how likely at least `lost` of the changed messages are losses by chance.

    McNemar's exact test, one-sided: if nothing has changed, a message that is read
    differently got worse as often as better.

    Args:
        lost: messages that were right and are wrong.
        won: messages that were wrong and are right.
    """
    changed = lost + won
    ways = worse = comb(changed, lost)
    for count in range(
        lost, changed
    ):  # each from the one before: thousands take no time
        ways = ways * (changed - count) // (count + 1)
        worse += ways
    return worse / (1 << changed)


def chance_not_worse(worse_by: Figure, messages: int) -> float:
    """Return in what share of resamples of the messages a figure has not got worse.

    A paired bootstrap with a fixed seed: the same messages give the same answer.

    Args:
        worse_by: by how much the figure is worse, over the messages in some rows.
        messages: how many there are.
    """
    source = np.random.default_rng(SEED)
    rows = source.integers(0, messages, size=(RESAMPLES, messages))
    return sum(worse_by(each) <= 0 for each in rows) / RESAMPLES


def calibration_gap(
    sure: NDArray[np.float64], right: NDArray[np.bool_], *, bins: int = 10
) -> float:
    """Return the expected calibration error over bins of equal width."""
    if not len(sure):
        return 0.0
    places = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = np.bincount(places, weights=sure - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(sure))


def area(ours: NDArray[np.float64], inside: NDArray[np.bool_]) -> float:
    """Return how often a message inside is above one outside; equals count half.

    1.0 if one of the two kinds is absent: then nothing can be mistaken.
    """
    many, few = int(inside.sum()), int((~inside).sum())
    if not many or not few:
        return 1.0
    values, counts = np.unique(ours, return_inverse=True)
    size = np.bincount(counts, minlength=len(values))
    ranks = (np.cumsum(size) - (size - 1) / 2)[counts]
    above = ranks[inside].sum() - many * (many + 1) / 2
    return float(above / (many * few))


def changes(before: Sequence[bool], after: Sequence[bool]) -> tuple[int, int]:
    """Return how many marks were lost, and how many won."""
    pairs = list(zip(before, after, strict=True))
    lost = sum(was and not now for was, now in pairs)
    return lost, sum(now and not was for was, now in pairs)
