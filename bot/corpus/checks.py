"""What is wrong with an example by itself, whatever stands beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from bot.corpus.marks import Marked, take_apart, unknown_kinds
from bot.corpus.personal import PersonalData
from bot.corpus.text import one_line, unusable
from bot.model.example import Finding

LONG: Final = 600  # characters; hardly a message is longer
LONGEST: Final = 2_000
FEWEST_LETTERS: Final = 2


@dataclass(frozen=True, slots=True)
class ExampleChecks:
    """Looks at one text after the other."""

    personal: PersonalData

    def look(self, typed: str, kinds: Collection[str]) -> tuple[Finding, ...]:
        """Return what is to be known about a marked text, as it was typed.

        `kinds` are the entities that the domain has.
        """
        marked = one_line(typed)
        apart = take_apart(marked)
        findings = [*_written(marked, apart), *_marks(apart, kinds)]
        told = [apart.text, *(mark.value for mark in apart.marks if mark.value)]
        return (*findings, *self.personal.in_text("\n".join(told)))


def _written(marked: str, apart: Marked) -> Iterator[Finding]:
    if not apart.text.strip():
        yield Finding(code="empty", sentence="There is no text yet.", blocks=True)
        return
    if reason := unusable(marked):
        yield Finding(code="unprintable", sentence=reason, blocks=True)
    letters = sum(c.isalnum() for c in apart.text)
    if letters < FEWEST_LETTERS:
        yield Finding(
            code="too_short", sentence="Hardly a letter in it: what could be learned?"
        )
    if len(apart.text) > LONG:
        yield Finding(
            code="too_long",
            sentence=f"It is {len(apart.text)} characters long; hardly a message is "
            f"longer than {LONG}, and {LONGEST} is the most.",
            blocks=len(apart.text) > LONGEST,
        )


def _marks(apart: Marked, kinds: Collection[str]) -> Iterator[Finding]:
    for fault in apart.faults:
        yield Finding(code="broken_mark", sentence=fault, blocks=True)
    for kind in unknown_kinds(apart.marks, kinds):
        yield Finding(
            code="unknown_kind",
            sentence=f"There is no kind of entity “{kind}”. There are: "
            f"{', '.join(kinds)}.",
            blocks=True,
        )
