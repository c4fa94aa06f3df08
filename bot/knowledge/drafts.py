"""What is said about an answer's wordings before they are in domain.yml."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from string import Formatter

from bot.knowledge.domain_file import FLOW_SLOTS, PREFIX, Responses, Wording
from bot.knowledge.voice import check_voice, weighted_length
from bot.model.example import Finding, Variant
from bot.model.message import Visibility
from bot.model.policy import Policy
from bot.model.reading import FAQ
from bot.yaml_reader import Problems


class AnswerDrafts:
    """The `AnswerFeedback` port. `policy` gives the rules as they are now."""

    def __init__(self, policy: Callable[[], Policy]) -> None:
        self._policy = policy

    def on_answer(self, name: str, variants: Sequence[Variant]) -> list[Finding]:
        """Return what is wrong with an answer that would have these wordings."""
        broken = [finding for v in variants for finding in _slots_of(v)]
        if any(finding.code == "broken_slot" for finding in broken):
            return broken
        if _is_of_a_dialogue(name, variants):  # which knows more slots than we do
            return [replace(finding, blocks=False) for finding in broken]
        if broken:
            return broken
        return [*_missing(name, variants), *self._unlike_the_voice(name, variants)]

    def length(self, text: str) -> int:
        """Return the length of `text` as X counts it."""
        return weighted_length(text)

    def _unlike_the_voice(
        self, name: str, variants: Sequence[Variant]
    ) -> list[Finding]:
        """Return what `firstline check` would say, naming which wording it is."""
        wordings = tuple(
            Wording(v.text, v.visibility, frozenset(_names_in(v.text)), line)
            for line, v in enumerate(variants, start=1)
        )
        draft = Responses(Path(), {name: wordings}, Problems(Path()), {name: 0})
        return [
            Finding(
                code="voice",
                sentence=f"{_place(problem.line)} "
                f"{problem.what.removeprefix(f'{PREFIX}{name} ')}; "
                f"expected: {problem.expected}.",
                blocks=True,
            )
            for problem in check_voice(draft, self._policy())
        ]


def _is_of_a_dialogue(name: str, variants: Sequence[Variant]) -> bool:
    """Tell whether only a dialogue says it: in private, and no standard answer."""
    private = all(v.visibility is Visibility.PRIVATE for v in variants)
    return private and not name.startswith(f"{FAQ}/")


def _missing(name: str, variants: Sequence[Variant]) -> list[Finding]:
    """Say which readers an answer has nothing for."""
    found = []
    if not any(v.visibility is Visibility.PUBLIC for v in variants):
        found.append(
            Finding(
                code="no_public_wording",
                sentence="There is no public wording: in public it could not be said.",
                blocks=name.startswith(f"{FAQ}/"),
            )
        )
    if not any(v.visibility is Visibility.PRIVATE for v in variants):
        found.append(
            Finding(
                code="no_private_wording",
                sentence="There is no private wording: the public one is said in "
                "direct messages, too.",
            )
        )
    return found


def _slots_of(variant: Variant) -> list[Finding]:
    """Return what is wrong with the braces in a wording."""
    try:
        parts = list(Formatter().parse(variant.text))
    except ValueError:
        sentence = "A brace lacks its partner. A slot is written like {wait}."
        return [Finding(code="broken_slot", sentence=sentence, blocks=True)]
    known = ", ".join(f"{{{slot}}}" for slot in sorted(FLOW_SLOTS))
    return [
        Finding(
            code="unknown_slot",
            sentence=f"Only a dialogue can fill {{{name}}}. Elsewhere there is: {known}.",
            blocks=True,
        )
        for _, name, form, conversion in parts
        if name is not None and (name not in FLOW_SLOTS or form or conversion)
    ]


def _names_in(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


def _place(line: int) -> str:
    """Return how a wording is called: they are numbered as they are written."""
    return f"Wording {line}" if line else "The answer"
