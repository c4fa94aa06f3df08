"""Where one message may go on to another matter: its parts, cut by form alone.

People join requests with a full stop, a line break, a number, an emoji, a plus, "also",
"btw", "oh and", or a plain "and" before a new clause. Cutting too often is harmless: the
parts are read in every way in which neighbours can be put together, and another matter
counts only if it is read surely.
"""

from __future__ import annotations

import re

MOST_PARTS = 3  # of one message; the shortest neighbours are joined until it fits
MOST_CHARACTERS = 2_000  # of a message that is cut at all
_LEAST_WORDS = 2  # a part with fewer goes with its neighbour

_EMOJI = r"\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
# Words that begin a new clause after "and", "but", "or", "so" or a comma.
_CLAUSE = (
    r"(?:can|could|would|will|how|hows|what|whats|when|whens|where|wheres|why|which|who|is|"
    r"are|do|does|did|has|have|any|i|i'm|im|i'd|id|i've|ive|i'll|my|please|pls|plz|you|"
    r"u|your|ur|we|if|it|it's|its|nobody|no|still|now|get|give|tell|cancel|refund|"
    r"send|ring|call|phone|swap|change|close|delete|take|add|make|put|redo|stop|turn|"
    r"come|pick|deliver|bring|also|then|that|there|there's|theres|this|the)"
)
_MORE = (
    r"(?:(?:and|oh|but)\s+)*(?:also|btw|by the way|p\.?s\.?|plus|as well as|"
    r"on top of that|(?:one more|another|other) thing|secondly|lastly|"
    r"while (?:i'?m|you'?re|ur) (?:here|there|on|at it|about it))\b[\s,:]*"
)
_CUT = re.compile(
    r"(?=[\s,;])(?:"  # nearly all places are passed over at once
    r"\s*\n+\s*(?:[-*•]|\d{1,2}[.)])?\s*"  # a line, an entry of a list
    rf"|(?<=[.!?…])\s+(?![{_EMOJI}])|(?<=[{_EMOJI}])\s+(?=\w)"  # a sentence
    r"|\s*;\s+"
    r"|[\s,]+(?:"
    r"[+&/–—-]\s+|oh\s+and\s+"
    rf"|(?:and|but|or|so)\s+(?={_CLAUSE}\b)"
    rf"|{_MORE}"
    r")"
    rf"|\s*,\s+(?={_CLAUSE}\b)"
    r")|(?<=\s)\d{1,2}[.)]\s+(?=\S)",  # a list within the line: "1) … 2) …"
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}|\d+")
_HANDLE = re.compile(r"^(?:@\w+\s*)+")


def parts_of(text: str) -> list[str]:
    """Return two or three parts of `text` in order; nothing if it has one only."""
    if len(text) > MOST_CHARACTERS:
        return []
    pieces = [piece for piece in _CUT.split(_HANDLE.sub("", text)) if piece]
    if len(pieces) < 2:
        return []
    parts = _joined(pieces, least=_LEAST_WORDS)
    while len(parts) > MOST_PARTS:
        parts = _join_at(parts, _shortest(parts))
    return parts if len(parts) > 1 else []


def _joined(pieces: list[str], *, least: int) -> list[str]:
    """Give what is too short by itself to the piece before it, or after it."""
    parts: list[str] = []
    for piece in pieces:
        if parts and min(_words(parts[-1]), _words(piece)) < least:
            parts[-1] = f"{parts[-1]} {piece}"
        else:
            parts.append(piece)
    return parts


def _shortest(parts: list[str]) -> int:
    """Return where two neighbours are shorter together than any others."""
    sizes = [_words(part) for part in parts]
    return min(range(len(parts) - 1), key=lambda at: sizes[at] + sizes[at + 1])


def _join_at(parts: list[str], at: int) -> list[str]:
    return [*parts[:at], f"{parts[at]} {parts[at + 1]}", *parts[at + 2 :]]


def _words(text: str) -> int:
    return len(_WORD.findall(text))
