"""Does a text ask something? By form, so that it holds for topics nobody trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.nlu.mood import occurs


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionWords:
    """Words and phrases in plain lower case.

    An `opener` makes a question as the first word, `polite` ones not counted; a
    `phrase` wherever it stands.
    """

    openers: tuple[str, ...] = ()
    polite: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


def asks(tokenised: Sequence[str], words: QuestionWords) -> bool:
    """Tell whether a text that `normalise.tokens` has split has a question's form."""
    if "?" in tokenised:
        return True
    first = next((word for word in tokenised if word not in words.polite), "")
    return first in words.openers or occurs(words.phrases, tokenised)
