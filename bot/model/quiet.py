"""Quiet mode at run time: what a person told the bot to say nothing about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

EVERYTHING: Final = "everything"


@dataclass(frozen=True, slots=True)
class Quiet:
    """One pause. `scope` is EVERYTHING, a channel's name, or an intent.

    A standard answer ("faq/returns") counts as an intent of its own.
    """

    scope: str
    by: str
    since: datetime


def is_silenced(scopes: frozenset[str], *, channel: str, label: str) -> bool:
    """Tell whether one of `scopes` stops what the bot says there about `label`."""
    if not scopes:
        return False
    return not scopes.isdisjoint((EVERYTHING, channel, label, label.partition("/")[0]))
