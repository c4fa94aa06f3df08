"""As what the parts of messages, and runs of them, are read: by their words, all at once.

Rasa's graph makes a message of each text; for a part that would cost more than to read
it, and nothing but its best label is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.lexical import LexicalModel
from bot.nlu.normalise import tokens
from bot.nlu.ranking import Scored
from bot.nlu.several import Span, spans_of

if TYPE_CHECKING:
    from bot.nlu.runs import Numbers


class PartReader:
    """Reads the parts of many messages; `cut` has the parts of each message."""

    def __init__(self, model: LexicalModel, cut: Sequence[Sequence[str]]) -> None:
        self._model, self._cut = model, cut

    def heads(self) -> list[dict[Span, Scored]]:
        """Return the best label of each of `spans_of` the parts of each message.

        Each part is split into words once. To read only the spans on which it depends
        what is asked for takes longer than to read them all together.
        """
        words: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for parts in self._cut:
            edges = [len(words)]
            for part in parts:
                words += tokens(part)
                edges.append(len(words))
            for first, last in spans_of(len(parts)):
                starts.append(edges[first])
                ends.append(edges[last])
        if not starts:
            return [{} for _ in self._cut]
        found = iter(self._best(words, np.array(starts), np.array(ends)))
        spans = (spans_of(len(parts)) for parts in self._cut)
        return [dict(zip(each, found)) for each in spans]  # noqa: B905 - the spans end it

    def _best(
        self, words: Sequence[str], starts: Numbers, ends: Numbers
    ) -> list[Scored]:
        guess = self._model.guess_runs(words, starts, ends)
        best = guess.probabilities.argmax(axis=1)
        sure = guess.probabilities[np.arange(len(best)), best]
        labels = map(self._model.labels.__getitem__, best.tolist())
        return [*zip(labels, sure.tolist(), strict=True)]
