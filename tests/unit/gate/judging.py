"""Messages as models read them, in short."""

from __future__ import annotations

from dataclasses import replace

from bot.gate.judged import Judged
from bot.gate.measure import measured
from bot.gate.rules import Pair, objections
from bot.model.comparison import Code, Guess, Objection, Source
from tests.builders import POLICY


def judged(label: str, read: str | None = None, sure: float = 0.9, **fields) -> Judged:
    """One message of `label` that was read as `read`, rightly if nothing is said."""
    read = label if read is None else read
    fields.setdefault("alone", False)
    return Judged(
        id=fields.pop("id", "m"),
        text=fields.pop("text", "some words"),
        labels=fields.pop("labels", (label,)),
        guess=Guess(read, sure),
        found=fields.pop("found", (read,)),
        **fields,
    )


def crowd(count: int = 300) -> list[Judged]:
    """Messages that nothing is said about: nine in ten are right, as sure as that."""
    return [
        judged("greet", "greet" if at % 10 else "thanks", 0.9) for at in range(count)
    ]


def against(before, after, source=Source.FROZEN, policy=POLICY) -> list[Objection]:
    found = measured(source, before, after, policy=policy)
    return list(objections(Pair(source, before, after), found, policy.gate))


def codes(before, after, source=Source.FROZEN, policy=POLICY) -> set[Code]:
    return {each.code for each in against(before, after, source, policy)}


def guarded(*labels: str, **rules):
    """Return the policy with these protected intents."""
    return replace(POLICY, gate=replace(POLICY.gate, protected=labels, **rules))
