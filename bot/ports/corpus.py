"""The corpus: the training data and answers, as trainers read and change them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model.change import Applied, Change, Conflict, PastChange
from bot.model.example import (
    CorpusState,
    CorpusVersion,
    Feedback,
    Finding,
    Label,
    Variant,
)


class Corpus(Protocol):
    """The files that trainers own. Editors and Git may change them at any time."""

    async def read(self) -> CorpusState:
        """Return the corpus as the files hold it now.

        Reading again is quick as long as no file changed.

        Raises:
            ConfigError: a file is missing or broken; names file, line and remedy.
        """
        ...

    async def apply(
        self, change: Change, *, expected: CorpusVersion, now: datetime
    ) -> Applied | Conflict:
        """Write `change`, which was made while looking at the version `expected`.

        All of it is written or nothing, also through a crash. If others changed
        something else meanwhile, theirs and this are both kept; if they changed what
        this change touches, nothing is written and the conflict says what differs.
        Lines that the change does not mean stay byte for byte.

        Raises:
            InputError: the change cannot be written as it is; one sentence a line.
            ConfigError: a file is missing or broken; names file, line and remedy.
        """
        ...

    async def tidy(self) -> None:
        """Leave nothing of what a process was writing when it died.

        A change that it had begun is completed, and texts that were only put ready go.

        Raises:
            ConfigError: a file is missing or broken; names file, line and remedy.
        """
        ...

    async def customers_items(self) -> frozenset[str]:
        """Return the review items whose customers' words the data have.

        That is what the log knows, which alone is read; an example that was removed by
        hand since counts as well.

        Raises:
            ConfigError: the log is broken; names file, line and remedy.
        """
        ...

    async def changes(self, *, limit: int) -> Sequence[PastChange]:
        """Return the newest changes in the log, newest first."""
        ...


class ExampleFeedback(Protocol):
    """What the other examples say to a new one, while it is being written."""

    async def on_example(self, text: str, label: Label | None) -> Feedback:
        """Look at a marked text that is meant for `label`; None: not chosen yet.

        Raises:
            ConfigError: a file is missing or broken; names file, line and remedy.
        """
        ...


class AnswerFeedback(Protocol):
    """What the brand's voice and the public rules say to an answer's wordings."""

    def on_answer(self, name: str, variants: Sequence[Variant]) -> list[Finding]:
        """Return what is wrong with an answer that would have these wordings."""
        ...

    def length(self, text: str) -> int:
        """Return the length of `text` as the tightest network counts it."""
        ...
