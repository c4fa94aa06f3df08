"""What a text tells beside what it asks for: how it was meant, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

SHOWS: Final = 0.5  # a sign of at least this score counts


class SignKind(str, Enum):
    """What people should know before they read the text itself."""

    URGENCY = "urgency"  # of no use unless it is handled within hours
    ANGER = "anger"
    PLEASURE = "pleasure"
    SARCASM = "sarcasm"  # friendly words that mean the opposite
    CHURN = "churn"  # they leave us, or say that they may
    LEGAL = "legal"  # lawyers, courts, regulators, consumer law
    SAFETY = "safety"  # somebody was or may be hurt


class Cue(str, Enum):
    """What kind of evidence a score rests on; never the words themselves."""

    NONE = "none"
    INTENT = "intent"  # what the classifier makes of the whole text
    WORDS = "words"  # words or emoji that tell it by themselves
    HINTS = "hints"  # two that are too weak alone: rough words, shouting, "!!!"
    CONTRAST = "contrast"  # friendly words about a problem


@dataclass(frozen=True, slots=True)
class Sign:
    """`score` lies between 0.0 and 1.0."""

    kind: SignKind
    score: float = 0.0
    cue: Cue = Cue.NONE
