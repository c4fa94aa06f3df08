"""What people type, made into what a line of the files can hold."""

from __future__ import annotations

import re

from bot.errors import InputError

# What YAML refuses, and what ends a line for YAML, Rasa or Python.
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
# Rasa resolves such codes in files without any other sign than ASCII.
_CODE = re.compile(r"\\[uU]")


def one_line(text: str) -> str:
    """Return `text` on one line, with single blanks and none around it."""
    return " ".join(text.split())


def unusable(text: str) -> str:
    """Return why a file cannot hold `text`, as a sentence; "" if it can."""
    if _UNPRINTABLE.search(text):
        return "It holds a character that cannot be written, such as a control code."
    if _CODE.search(text):
        return "A backslash before u would be read as a code. Leave it out."
    return ""


def named(text: str, what: str, *, longest: int) -> str:
    """Return a short text that must be there, on one line.

    Raises:
        InputError: it is empty, too long or unprintable.
    """
    line = one_line(text)
    if not line:
        raise InputError(f"Please say {what}.")
    if len(line) > longest or _UNPRINTABLE.search(line):
        raise InputError(f"Please say {what} in at most {longest} plain characters.")
    return line
