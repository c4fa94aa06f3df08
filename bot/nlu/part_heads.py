"""As what the parts of messages, and runs of them, are read: by their words, all at once.

Rasa's graph makes a message of each text; for a part that would cost more than to read
it, and nothing but its best label is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.nlu.lexical import LexicalModel
from bot.nlu.normalise import tokens
from bot.nlu.ranking import Scored
from bot.nlu.several import Span, spans_of


def heads_of(
    model: LexicalModel, cut: Sequence[Sequence[str]]
) -> list[dict[Span, Scored]]:
    """Return the best label of each of `spans_of` the parts of each message."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for parts in cut:
        edges = [len(words)]
        for part in parts:
            words += tokens(part)
            edges.append(len(words))
        for first, last in spans_of(len(parts)):
            starts.append(edges[first])
            ends.append(edges[last])
    if not starts:
        return [{} for _ in cut]
    likely = model.guess_runs(
        words, np.array(starts, np.intp), np.array(ends, np.intp)
    ).probabilities
    best = likely.argmax(axis=1)
    sure = likely[np.arange(len(best)), best]
    heads = zip([model.labels[at] for at in best], sure.tolist(), strict=True)
    return [
        dict(zip(spans, heads))  # noqa: B905 - the spans end it
        for spans in (spans_of(len(parts)) for parts in cut)
    ]
