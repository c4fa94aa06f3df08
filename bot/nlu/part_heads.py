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
from bot.nlu.several import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray


class PartReader:
    """Reads spans of the parts of many messages; each part is split into words once.

    `cut` has the parts of each message.
    """

    def __init__(self, model: LexicalModel, cut: Sequence[Sequence[str]]) -> None:
        self._model, self._cut = model, cut
        self._words: list[dict[int, list[str]]] = [{} for _ in cut]

    def heads(self, wanted: Sequence[Sequence[Span]]) -> list[dict[Span, Scored]]:
        """Return the best label of each of the `wanted` spans of each message."""
        words: list[str] = []
        edges = [0]
        for message, spans in enumerate(wanted):
            for first, last in spans:
                for part in range(first, last):
                    words += self._words_of(message, part)
                edges.append(len(words))
        if len(edges) == 1:
            return [{} for _ in wanted]
        found = iter(self._best(words, np.array(edges, np.intp)))
        return [dict(zip(spans, found)) for spans in wanted]  # noqa: B905 - the spans end it

    def _words_of(self, message: int, part: int) -> list[str]:
        known = self._words[message]
        if part not in known:
            known[part] = tokens(self._cut[message][part])
        return known[part]

    def _best(self, words: Sequence[str], edges: NDArray[np.intp]) -> list[Scored]:
        guess = self._model.guess_runs(words, edges[:-1], edges[1:])
        best = guess.probabilities.argmax(axis=1)
        sure = guess.probabilities[np.arange(len(best)), best]
        labels = map(self._model.labels.__getitem__, best.tolist())
        return [*zip(labels, sure.tolist(), strict=True)]
