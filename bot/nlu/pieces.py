"""Many texts cut at their blanks, so that one look-up a piece tells what may be in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.wordbook import Wordbook

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.nlu.runs import Numbers

FEW = 256  # pieces: so few are searched as soon as looked at once more


@dataclass(frozen=True, slots=True)
class Pieces:
    """The number of each piece of all texts, one behind another.

    Those of text n stand from `edges[n]` to before `edges[n + 1]`.
    """

    numbers: Numbers
    edges: Numbers

    @classmethod
    def of(cls, texts: Sequence[str], book: Wordbook) -> Pieces:
        """Cut `texts`."""
        cut = [text.split() for text in texts]
        edges = np.cumsum([0, *map(len, cut)])
        return cls(book.numbers([*chain.from_iterable(cut)]), edges)

    @property
    def few(self) -> bool:
        """Tell whether a closer look would take longer than it spares."""
        return len(self.numbers) < FEW

    def joined(self, marks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each text all bits that its pieces have in `marks`."""
        starts = self.edges[:-1]
        every = np.bitwise_or.reduceat(np.append(marks, 0), starts)
        return np.where(self.edges[1:] > starts, every, 0)

    def sums(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each text the sum of what its pieces have in `values`."""
        sums = np.concatenate([[0], np.cumsum(values)])
        return np.asarray(sums[self.edges[1:]] - sums[self.edges[:-1]])


def followed(marks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each piece what the next one has, be it of the next text."""
    return np.append(marks[1:], 0)
