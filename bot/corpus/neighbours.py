"""Which examples are most like a text, by the letters that they share.

Runs of four letters, weighed by how rare they are, compared by the cosine of
the angle between texts: what people write in haste ("wheres my ordr") stays near what
they meant. All lists are kept as arrays, so that one look over the whole corpus costs
a few milliseconds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.model.example import Example, Neighbour

RUN = 4  # letters

_Ids = NDArray[np.int32]
_Weights = NDArray[np.float32]


class Neighbours:
    """An index over examples. `renew` it when they change; not for two threads."""

    def __init__(self) -> None:
        self._examples: tuple[Example, ...] = ()
        self._ids: dict[str, int] = {}
        self._rows: dict[str, _Ids] = {}  # text -> its runs, each once
        self._rarity: _Weights = np.zeros(0, np.float32)
        self._norms: _Weights = np.zeros(0, np.float32)
        self._begins: NDArray[np.int64] = np.zeros(1, np.int64)  # of each run's holders
        self._holders: _Ids = np.zeros(0, np.int32)

    def renew(self, examples: tuple[Example, ...], words: dict[str, str]) -> None:
        """Index these examples; `words` gives each text as its words with blanks."""
        texts = [words[example.text] for example in examples]
        old = self._rows
        self._rows = {t: old[t] if t in old else self._row(t) for t in texts}
        self._examples = examples
        rows = [self._rows[text] for text in texts]
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        runs = np.concatenate([np.zeros(0, np.int32), *rows])
        counts = np.bincount(runs, minlength=len(self._ids))
        self._rarity = np.log((1 + len(rows)) / (1 + counts)).astype(np.float32)
        owners = np.repeat(np.arange(len(rows), dtype=np.int32), lengths)
        self._holders = owners[np.argsort(runs, kind="stable")]
        self._begins = np.concatenate([[0], np.cumsum(counts)])
        squares = np.bincount(owners, self._rarity[runs] ** 2, minlength=len(rows))
        self._norms = np.sqrt(np.maximum(squares, 1e-9)).astype(np.float32)

    def nearest(
        self, words: str, *, most: int, without: str | None = None
    ) -> tuple[Neighbour, ...]:
        """Return the examples most like `words`, nearest first.

        `without` leaves out a label.
        """
        likeness = self._likeness(words)
        order = np.argsort(-likeness, kind="stable")
        found: list[Neighbour] = []
        for place in order:
            if len(found) == most or likeness[place] <= 0:
                break
            example = self._examples[place]
            if example.label != without:
                found.append(Neighbour(example, round(float(likeness[place]), 3)))
        return tuple(found)

    def _likeness(self, words: str) -> _Weights:
        """Return the cosine with each example."""
        sums = np.zeros(len(self._examples), np.float32)
        runs = _runs(words)
        known = [i for run in runs if (i := self._ids.get(run)) is not None]
        whole = 0.0
        for run in known:
            weight = float(self._rarity[run]) ** 2
            whole += weight
            sums[self._holders[self._begins[run] : self._begins[run + 1]]] += weight
        unknown = len(runs) - len(known)
        rarest = float(np.log(1 + len(self._examples)))
        norm = np.sqrt(whole + unknown * rarest**2)
        return sums / (self._norms * norm) if norm > 0 else sums

    def _row(self, text: str) -> _Ids:
        ids = self._ids
        found = [ids.setdefault(run, len(ids)) for run in _runs(text)]
        return np.array(found, np.int32)


def _runs(text: str) -> set[str]:
    """Return the runs of letters within and across words, each once."""
    padded = f" {text} "
    return {padded[at : at + RUN] for at in range(max(len(padded) - RUN, 0) + 1)}
