"""Beside which other name a new one belongs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile


def sibling_of(name: str, names: Sequence[str], *, wanted: str | None = None) -> str:
    """Return the one of `names` that `name` should stand below.

    `wanted` if it is there; else the last of those that begin with the most words of
    `name`, so that "order_gift" comes below the last "order_…"; else the last one.
    """
    if wanted in names:
        return str(wanted)
    likeness = [_common(name, other) for other in names]
    best = max(likeness, default=0)
    return [n for n, like in zip(names, likeness, strict=True) if like == best][-1]


def _common(name: str, other: str) -> int:
    pairs = zip(_words(name), _words(other), strict=False)  # the shorter one decides
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _words(name: str) -> list[str]:
    return re.split(r"[_/]", name)
