"""Texts as the model sees them, each worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class WordsOf:
    """Gives a text's words with blanks between, "" if it has none. Remembers them."""

    def __init__(self, tokens: Callable[[str], Iterable[str]]) -> None:
        self._tokens = tokens
        self._known: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """Return the words of `text`."""
        known = self._known  # another thread may forget all
        if text not in known:
            known[text] = self.once(text)
        return known[text]

    def once(self, text: str) -> str:
        """Return the words of a text that is not worth remembering."""
        return " ".join(self._tokens(text))

    def forget(self) -> None:
        """Remember nothing."""
        self._known = {}
