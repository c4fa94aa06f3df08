"""Figures in words, for people who read no figures. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from markupsafe import Markup, escape

from bot.model.example import Example, Origin

_SURENESS: Final = (
    (0.95, "very sure"),
    (0.8, "sure"),
    (0.6, "fairly sure"),
    (0.4, "unsure"),
    (0.0, "guessing"),
)
_STEPS: Final = ((86_400, "day"), (3600, "hour"), (60, "minute"))
_MASK: Final = re.compile(r"(<[a-z_]+>)")
_DATED_AFTER_DAYS: Final = 14
_ORIGINS: Final = {
    Origin.WRITTEN: "written",
    Origin.REWORDED: "written beside a customer's message",
    Origin.MESSAGE: "a customer's message",
    Origin.CONSENT: "a customer's message, with their consent",
    Origin.FOUNDING: "came with the product",
    Origin.BY_HAND: "written in the file",
}


def sureness(confidence: float) -> str:
    """Return how sure a model is, in words: "very sure"."""
    return next(says for least, says in _SURENESS if confidence >= least)


def per_cent(share: float) -> str:
    """Return a share as people write it: never "100 %" for what is not all."""
    return f"{int(share * 100)} %" if share < 1 else "100 %"


def ago(moment: datetime, now: datetime) -> str:
    """Return when something was: "3 hours ago", or its date."""
    seconds = (now - moment).total_seconds()
    if seconds >= _DATED_AFTER_DAYS * 86_400:
        return f"on {moment:%-d %B %Y}"
    for size, name in _STEPS:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def origin(example: Example, now: datetime) -> str:
    """Return who brought an example in, when and why, in one line.

    Of what came with the product there is no more to say: nobody decided on one.
    """
    told = example.provenance
    says = _ORIGINS[told.origin]
    if told.origin is Origin.FOUNDING:
        return says
    who = f" by {told.by}" if told.by else ""
    when = f" {ago(told.at, now)}" if told.at else ""
    why = f": {told.why}" if told.why else ""
    return f"{says}{who}{when}{why}"


def breakable(label: str) -> Markup:
    """Return a label that may be broken behind its signs, where there is no room."""
    return Markup(re.sub(r"([_/-])", r"\1<wbr>", str(escape(label))))  # noqa: S704 - escaped


def pieces(example: Example) -> Iterator[tuple[str, str]]:
    """Yield the text in pieces, each with the kind of entity that it is, or ""."""
    at = 0
    for mark in sorted(example.marks, key=lambda mark: mark.start):
        if mark.start < at:
            continue
        if mark.start > at:
            yield example.text[at : mark.start], ""
        yield example.text[mark.start : mark.end], mark.kind
        at = mark.end
    if at < len(example.text):
        yield example.text[at:], ""


def masks(text: str) -> Iterator[tuple[str, bool]]:
    """Yield a masked text in pieces, and whether each hides something personal."""
    for at, piece in enumerate(_MASK.split(text)):
        if piece:
            yield (
                (piece.strip("<>").replace("_", " "), True)
                if at % 2
                else (piece, False)
            )
