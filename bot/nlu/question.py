"""Does a text ask something? By form, so that it holds for topics nobody trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.nlu.phrases import Phrases


class Questions:
    """Knows a question by its words, all in plain lower case.

    An opener makes one as the first word, polite ones not counted; a phrase
    wherever it stands.
    """

    def __init__(
        self, *, openers: Iterable[str], polite: Iterable[str], phrases: Iterable[str]
    ) -> None:
        self._openers = frozenset(openers)
        self._polite = frozenset(polite)
        self._phrases = Phrases({"asks": phrases})

    def asked(self, tokenised: Sequence[str]) -> bool:
        """Tell whether a text that `normalise.tokens` has split asks something."""
        if "?" in tokenised:
            return True
        first = next((word for word in tokenised if word not in self._polite), "")
        return first in self._openers or bool(self._phrases.find(tokenised))
