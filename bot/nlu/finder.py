"""What a finder of entities is, and what differs between firms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from bot.model.reading import Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternSettings:
    """What differs between firms.

    `order_prefix` and `order_digits` describe an order number, "FH" and 6 for
    FH-482913; `region` is where phone numbers without a country code belong.
    """

    order_prefix: str = "FH"
    order_digits: int = 6
    region: str = "GB"


# From a text to its entities of one kind. Every quantifier is bounded and no two that
# touch can match the same character, so time grows linearly with the text.
Finder = Callable[[str, PatternSettings], Iterator[Entity]]


def ascii_digits(written: str, *, keep: str = "") -> str:
    """Return digits of any script as 0-9, and of the rest only `keep`."""
    if written.isascii() and written.isdigit():
        return written
    return "".join(
        str(int(char)) if char.isdecimal() else char
        for char in written
        if char.isdecimal() or char in keep
    )


def starts_of(text: str, pieces: Sequence[str]) -> list[int]:
    """Return where each of `pieces` begins, which are `text.split()`."""
    starts = [0, *accumulate([len(piece) + 1 for piece in pieces])]
    if starts.pop() == len(text) + 1:  # one blank behind each, as nearly always
        return starts
    at = 0
    for number, piece in enumerate(pieces):
        starts[number] = at = text.index(piece, at)
        at += len(piece)
    return starts
