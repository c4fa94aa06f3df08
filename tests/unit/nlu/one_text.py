"""The finders of many texts at once, for tests that look at one."""

from __future__ import annotations

from bot.model.reading import Entity
from bot.nlu.finder import PatternSettings
from bot.nlu.patterns import Patterns, wide_as_plain, without_overlap
from bot.nlu.pieces import Pieces
from bot.nlu.wordbook import Wordbook


def find_patterns(text: str, settings: PatternSettings) -> list[Entity]:
    """Return the entities in `text` that have a form of their own."""
    book, plain = Wordbook(), wide_as_plain(text)
    patterns = Patterns(settings, book)
    (signs,) = patterns.signs(Pieces.of([plain], book))
    return without_overlap(patterns.find(plain, signs))
