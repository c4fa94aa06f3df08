"""The `ExampleFeedback` port: what the other examples say to a new one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Final

from bot.corpus.checks import ExampleChecks
from bot.corpus.marks import take_apart
from bot.corpus.reading import all_examples
from bot.corpus.text import one_line
from bot.corpus.words import WordsOf
from bot.model.example import (
    CorpusState,
    CorpusVersion,
    Feedback,
    Finding,
    Label,
    Neighbour,
)
from bot.ports.corpus import Corpus

if TYPE_CHECKING:
    from bot.corpus.neighbours import Neighbours

SHOWN: Final = 5  # neighbours
# Of 400 examples taken at random, 2 % had one as near as `ALMOST` beside them, and
# 1 % one as near as `TOO_LIKE` under another label.
ALMOST: Final = 0.75
TOO_LIKE: Final = 0.6


class CorpusFeedback:
    """Compares texts with the whole corpus. Safe for threads."""

    def __init__(self, corpus: Corpus, checks: ExampleChecks, words: WordsOf) -> None:
        """Index nothing yet: the first text waits until all examples are."""
        self._corpus, self._checks, self._words = corpus, checks, words
        self._index: Neighbours | None = None
        self._version: CorpusVersion | None = None
        self._lock = Lock()

    async def on_example(self, text: str, label: Label | None) -> Feedback:
        """See the port."""
        state = await self._corpus.read()
        return await asyncio.to_thread(self._look, state, text, label)

    def _look(self, state: CorpusState, typed: str, label: Label | None) -> Feedback:
        words = self._words.once(take_apart(one_line(typed)).text)
        with self._lock:
            index = self._renewed(state)
            near = index.nearest(words, most=SHOWN)
            elsewhere = index.nearest(words, most=SHOWN, without=label)
        about = [*self._checks.look(typed, state.entity_kinds)]
        if words:
            about += self._doubles(words, near, elsewhere, label)
        return Feedback(
            findings=tuple(about),
            neighbours=near,
            elsewhere=elsewhere if label is not None else (),
        )

    def forget(self) -> None:
        """Give the memory back that the index takes, until somebody asks again."""
        with self._lock:
            self._index = self._version = None
            self._words.forget()

    def _renewed(self, state: CorpusState) -> Neighbours:
        from bot.corpus.neighbours import (  # noqa: PLC0415 - numpy, for trainers only
            Neighbours,
        )

        index = self._index = self._index or Neighbours()
        if state.version != self._version:
            examples = all_examples(state.labels)
            index.renew(examples, {e.text: self._words(e.text) for e in examples})
            self._version = state.version
        return index

    def _doubles(
        self,
        words: str,
        near: Sequence[Neighbour],
        elsewhere: Sequence[Neighbour],
        label: Label | None,
    ) -> Iterator[Finding]:
        """Say whether it is there already, almost, or too much like something else."""
        nearest = next(iter(near), None)
        other = next(iter(elsewhere), None)
        if nearest is None:
            return
        same = [n for n in near if self._words(n.example.text) == words]
        if same:
            yield Finding(
                code="duplicate",
                sentence=f"The same words are an example of {same[0].example.label} "
                "already.",
                blocks=True,
            )
        elif nearest.likeness >= ALMOST:
            yield Finding(
                code="near_duplicate",
                sentence=f"Almost the same is an example of {nearest.example.label} "
                "already: it teaches little.",
            )
        if label and other and not same and other.likeness >= TOO_LIKE:
            yield Finding(
                code="like_another_label",
                sentence=f"It is very much like an example of {other.example.label}: "
                "does it belong there?",
            )
