"""The names of labels, as one more example each.

Whoever names a label says in two or three words what it is about. Beside ten examples
that is worth as much as an eleventh and more; beside hundreds it changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.model.reading import OUT_OF_SCOPE

_BETWEEN = re.compile(r"[\W_]+")


def named(labels: Sequence[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the names that say something, and the columns of `labels` they stand for.

    "Out of scope" names no topic, and so does what has no letter.
    """
    names = {
        column: in_words(label)
        for column, label in enumerate(labels)
        if label != OUT_OF_SCOPE
    }
    told = {column: name for column, name in names.items() if _says_something(name)}
    return tuple(told.values()), tuple(told)


def in_words(label: str) -> str:
    """Return "return how" for `faq/return_how`."""
    return _BETWEEN.sub(" ", label.rpartition("/")[2]).strip()


def _says_something(name: str) -> bool:
    return any(character.isalpha() for character in name)
