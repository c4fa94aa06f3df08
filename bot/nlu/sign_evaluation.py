"""How well signals are read, on messages that were labelled for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import InputError
from bot.model.reading import Reading
from bot.model.sign import SignKind
from bot.ports import Understanding

NEEDED = 0.5  # a reply that is at least so likely to be needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One message with what a person says that it shows."""

    id: str
    text: str
    needs_reply: bool
    signs: frozenset[SignKind]
    personal_data: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalScore:
    """How one signal was read; `wanted`, `found` and `right` count messages."""

    name: str
    wanted: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1.0 if nothing was."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of what there is that was found; 1.0 if there is nothing."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        total = self.wanted + self.found
        return 2 * self.right / total if total else 1.0


def load_labelled(files: Iterable[Path]) -> list[Labelled]:
    """Read JSON lines with id, text, needs_reply, signs and personal_data.

    Raises:
        InputError: a line is not such an object; names file and line.
    """
    found: list[Labelled] = []
    for file in files:
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            found.append(_labelled(line, f"{file}:{number}"))
    return found


def _labelled(line: str, place: str) -> Labelled:
    try:
        row = json.loads(line)
        return Labelled(
            id=str(row["id"]),
            text=row["text"],
            needs_reply=bool(row["needs_reply"]),
            signs=frozenset(SignKind(name) for name in row["signs"]),
            personal_data=frozenset(row["personal_data"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{place}: expected id, text, needs_reply, signs and personal_data"
        ) from error


async def evaluate_signals(
    understanding: Understanding, messages: Sequence[Labelled]
) -> list[SignalScore]:
    """Read all `messages` and compare: each sign, the reply, personal data.

    Raises:
        InputError: there are none.
    """
    if not messages:
        raise InputError("nothing to evaluate: no messages labelled for signals")
    readings = await understanding.read([message.text for message in messages])
    pairs = list(zip(messages, readings, strict=True))
    return [
        *(
            _score(
                kind.value, [(kind in m.signs, r.signals.show(kind)) for m, r in pairs]
            )
            for kind in SignKind
        ),
        _score("needs a reply", [(m.needs_reply, _replies(r)) for m, r in pairs]),
        _score(
            "personal data",
            [(bool(m.personal_data), bool(r.signals.personal_data)) for m, r in pairs],
        ),
    ]


def _replies(reading: Reading) -> bool:
    return reading.signals.needs_reply >= NEEDED


def _score(name: str, marks: Sequence[tuple[bool, bool]]) -> SignalScore:
    return SignalScore(
        name=name,
        wanted=sum(wanted for wanted, _ in marks),
        found=sum(found for _, found in marks),
        right=sum(wanted and found for wanted, found in marks),
    )
