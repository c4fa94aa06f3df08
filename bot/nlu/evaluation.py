"""How good an `Understanding` is, measured on messages it has never seen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import InputError
from bot.model.reading import Reading
from bot.ports import Understanding

BINS = 10  # of equal width, for the calibration error
REPLY_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """One message with what a person says about it; `also` are further requests."""

    id: str
    text: str
    label: str
    needs_reply: bool
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Figures between 0.0 and 1.0, but for `examples` and `confusions`.

    `label_accuracy` counts full labels, `intent_accuracy` takes all standard
    answers as one intent. `lenient_accuracy` also takes a label from `also`.
    `coverage` is the share with at least the threshold's confidence and
    `accuracy_when_covered` how many of those are right. `calibration_error` is
    the expected one: the mean gap between confidence and accuracy.
    """

    examples: int
    label_accuracy: float
    lenient_accuracy: float
    intent_accuracy: float
    macro_f1: float
    reply_accuracy: float
    reply_f1: float
    calibration_error: float
    coverage: float
    accuracy_when_covered: float
    confusions: tuple[tuple[str, str, int], ...]  # right, read as, how often


def load_held_out(files: Iterable[Path]) -> list[HeldOut]:
    """Read JSON lines with id, text, label, also and needs_reply.

    Raises:
        InputError: a line is not such an object; names file and line.
    """
    found: list[HeldOut] = []
    for file in files:
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if line.strip():
                found.append(_held_out(line, f"{file}:{number}"))
    return found


def _held_out(line: str, place: str) -> HeldOut:
    try:
        row = json.loads(line)
        return HeldOut(
            id=str(row["id"]),
            text=row["text"],
            label=row["label"],
            needs_reply=bool(row["needs_reply"]),
            also=tuple(row.get("also", ())),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{place}: expected an object with id, text, label and needs_reply"
        ) from error


async def evaluate(
    understanding: Understanding, messages: Sequence[HeldOut], *, threshold: float = 0.6
) -> Evaluation:
    """Read all `messages` and compare.

    Raises:
        InputError: there are none.
    """
    if not messages:
        raise InputError("nothing to evaluate: no held-out messages")
    readings = await understanding.read([message.text for message in messages])
    wanted = [message.label for message in messages]
    got = [reading.top.label for reading in readings]
    right = [a == b for a, b in zip(wanted, got, strict=True)]
    confidences = [reading.top.confidence for reading in readings]
    covered = [ok for ok, c in zip(right, confidences, strict=True) if c >= threshold]
    return Evaluation(
        examples=len(messages),
        label_accuracy=_share(right),
        lenient_accuracy=_share(
            [g in (m.label, *m.also) for g, m in zip(got, messages, strict=True)]
        ),
        intent_accuracy=_share(
            [_intent(a) == _intent(b) for a, b in zip(wanted, got, strict=True)]
        ),
        macro_f1=macro_f1(wanted, got),
        reply_accuracy=_share(_replies(messages, readings)),
        reply_f1=_reply_f1(messages, readings),
        calibration_error=calibration_error(confidences, right),
        coverage=len(covered) / len(messages),
        accuracy_when_covered=_share(covered),
        confusions=_confusions(wanted, got),
    )


def macro_f1(wanted: Sequence[str], got: Sequence[str]) -> float:
    """Return the mean F1 over the labels that occur in `wanted`."""
    scores = [
        f1([w == label for w in wanted], [g == label for g in got])
        for label in sorted(set(wanted))
    ]
    return sum(scores) / len(scores)


def calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float:
    """Return the expected calibration error over bins of equal width."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, ok in zip(confidences, right, strict=True):
        place = min(int(confidence * BINS), BINS - 1)
        bins.setdefault(place, []).append((confidence, ok))
    gaps = (abs(sum(c - ok for c, ok in entries)) for entries in bins.values())
    return sum(gaps) / len(confidences)


def _replies(messages: Sequence[HeldOut], readings: Sequence[Reading]) -> list[bool]:
    return [
        message.needs_reply == (reading.signals.needs_reply >= REPLY_THRESHOLD)
        for message, reading in zip(messages, readings, strict=True)
    ]


def _reply_f1(messages: Sequence[HeldOut], readings: Sequence[Reading]) -> float:
    return f1(
        [message.needs_reply for message in messages],
        [reading.signals.needs_reply >= REPLY_THRESHOLD for reading in readings],
    )


def f1(wanted: Sequence[bool], got: Sequence[bool]) -> float:
    """Return the F1 of what was to be found against what was; 0.0 if nothing was."""
    hits = sum(w and g for w, g in zip(wanted, got, strict=True))
    return 2 * hits / max(sum(wanted) + sum(got), 1)


def _intent(label: str) -> str:
    return label.partition("/")[0]


def _share(marks: Sequence[bool]) -> float:
    return sum(marks) / len(marks) if marks else 0.0


def _confusions(
    wanted: Sequence[str], got: Sequence[str]
) -> tuple[tuple[str, str, int], ...]:
    pairs = Counter((w, g) for w, g in zip(wanted, got, strict=True) if w != g)
    return tuple((w, g, count) for (w, g), count in pairs.most_common())
