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
_Counted = tuple[str, int]  # a piece, and how many words it has


def parts_of(text: str) -> list[str]:
    """Return two or three parts of `text` in order; nothing if it has one only."""
    if len(text) > MOST_CHARACTERS:
        return []
    if text.startswith("@"):
        text = _HANDLE.sub("", text)
    pieces = [piece for piece in _CUT.split(text) if piece]
    if len(pieces) < 2:
        return []
    parts = _joined([(piece, _words(piece)) for piece in pieces])
    while len(parts) > MOST_PARTS:
        at = _shortest(parts)
        parts[at : at + 2] = [_join(parts[at], parts[at + 1])]
    return [part for part, _ in parts] if len(parts) > 1 else []


def _joined(pieces: list[_Counted]) -> list[_Counted]:
    """Give what is too short by itself to the piece before it, or after it."""
    parts: list[_Counted] = []
    for piece in pieces:
        if parts and min(parts[-1][1], piece[1]) < _LEAST_WORDS:
            parts[-1] = _join(parts[-1], piece)
        else:
            parts.append(piece)
    return parts


def _shortest(parts: list[_Counted]) -> int:
    """Return where two neighbours are shorter together than any others."""
    return min(range(len(parts) - 1), key=lambda at: parts[at][1] + parts[at + 1][1])


def _join(one: _Counted, other: _Counted) -> _Counted:
    return f"{one[0]} {other[0]}", one[1] + other[1]  # no word holds a blank


def _words(text: str) -> int:
    return len(_WORD.findall(text))
