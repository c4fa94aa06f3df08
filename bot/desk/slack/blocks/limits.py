"""How much fits where in Slack, and how a text is made to fit.

Slack publishes limits in characters and not how it counts them. We count UTF-16
units of what is sent, escapes included: the largest of the counts that a JavaScript
client and a server may mean, so what fits here fits there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import regex

SECTION: Final = 3000
FIELD: Final = 2000
FIELDS: Final = 10
HEADER: Final = 150
CONTEXT_ELEMENTS: Final = 10
CONTEXT: Final = 2000  # of one element; Slack names no number
ACTIONS: Final = 25
OVERFLOW_OPTIONS: Final = 5
BUTTON: Final = 75
VALUE: Final = 2000
OPTION: Final = 75
OPTION_VALUE: Final = 150
OPTIONS: Final = 100
PLACEHOLDER: Final = 150
LABEL: Final = 2000
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3000
INPUT: Final = 3000  # the most that somebody can type into a field
MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
MESSAGE_TEXT: Final = 4000  # 40,000 are allowed, a notification shows far less
MESSAGE_TOTAL: Final = 13_000  # of blocks as JSON; Slack refuses about 200 more

LINE_TEXT: Final = 11_000  # of what somebody wrote, as JSON

ELLIPSIS: Final = "…"

# What no text may hold: control characters, halves of surrogate pairs, and the marks
# that turn the direction of everything after them, our own words included.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_HALVES = re.compile(r"[\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_CLUSTER = regex.compile(r"\X")


def tidy(text: str) -> str:
    """Return `text` as it can be sent and shown; its words stay."""
    lines = _LINE_ENDS.sub("\n", text)
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", _CONTROLS.sub("", lines)).strip()


def one_line(text: str) -> str:
    """Return `text` tidied, on one line."""
    return " ".join(tidy(text).split())


def units(text: str) -> int:
    """Return the length of `text` in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def json_units(text: str) -> int:
    """Return the length of `text` inside of JSON, where some signs are written in two."""
    return units(text) + sum(text.count(sign) for sign in '\\"\n\t')


def cut(text: str, limit: int, *, cost: Callable[[str], int] = units) -> str:
    """Return `text`, or as much of it as fits with “…” behind it.

    It is cut between characters as people see them: never inside of an emoji or
    between a letter and its accent, unless a single one is longer than `limit`.
    """
    if cost(text) <= limit:
        return text
    room, end = limit - cost(ELLIPSIS), 0
    for cluster in _CLUSTER.finditer(text):
        room -= cost(cluster.group())
        if room < 0:
            break
        end = cluster.end()
    return text[:end].rstrip() + ELLIPSIS


def pieces(text: str, limit: int) -> list[str]:
    """Return the whole of `text` in pieces that each fit into `limit`."""
    found, start, room = [], 0, limit
    for cluster in _CLUSTER.finditer(text):
        length = units(cluster.group())
        if length > room and cluster.start() > start:
            found.append(text[start : cluster.start()])
            start, room = cluster.start(), limit
        room -= length
    found.append(text[start:])
    return [cut(piece, limit) for piece in found if piece]
