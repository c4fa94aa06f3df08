"""From judged messages to figures, curves and what has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from bot.flow.masking import masked
from bot.gate.chance import area, calibration_gap, chance_of_loss, changes
from bot.gate.judged import Judged
from bot.model.comparison import (
    ChangedReading,
    Curves,
    Figures,
    LabelChange,
    LabelFigures,
    Measured,
    Side,
    Source,
)
from bot.model.policy import Policy
from bot.nlu.evaluation import f1, macro_f1

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10  # of equal width, as in the calibration error
FEWEST = 10  # messages from which on a curve begins
POINTS = 60  # of a curve; more cannot be seen


def measured(
    source: Source,
    before: Sequence[Judged] | None,
    after: Sequence[Judged],
    *,
    policy: Policy,
) -> Measured:
    """Compare two models on the same messages, in the same order."""
    protected = policy.gate.protected
    return Measured(
        source=source,
        before=side(before) if before is not None else None,
        after=side(after),
        labels=tuple(_label_changes(source, before, after, protected)),
        changed=tuple(_changed(source, before, after, policy)) if before else (),
    )


def side(judged: Sequence[Judged]) -> Side:
    """Return the figures and curves of one model."""
    labelled = [each for each in judged if each.labels]
    return Side(figures=_figures(judged, labelled), curves=_curves(labelled))


def sure_and_right(
    judged: Sequence[Judged],
) -> tuple[
    NDArray[np.float64],
    NDArray[np.bool_],
]:
    """Return the confidences, and whether the readings are right."""
    sure = np.array([each.guess.confidence for each in judged], dtype=np.float64)
    return sure, np.array([each.right for each in judged], dtype=bool)


def _figures(judged: Sequence[Judged], labelled: Sequence[Judged]) -> Figures:
    sure, right = sure_and_right(labelled)
    inside = np.array([each.inside for each in labelled], dtype=bool)
    ours = np.array([each.ours for each in labelled], dtype=np.float64)
    told = [each for each in judged if each.needs_reply is not None]
    return Figures(
        messages=len(labelled),
        accuracy=float(right.mean()),
        macro_f1=macro_f1(
            [e.labels[0] for e in labelled], [_best(e) for e in labelled]
        ),
        calibration_error=calibration_gap(sure, right),
        coverage=sum(each.alone for each in labelled) / len(labelled),
        spoken_wrong=sum(each.spoke_wrongly for each in labelled),
        spoken_outside=sum(each.spoke_outside for each in labelled),
        reply_f1=_reply_f1(told) if told else None,
        scope_auroc=None if inside.all() else area(ours, inside),
    )


def _best(judged: Judged) -> str:
    """Return the main label also where a further request was read first."""
    return judged.labels[0] if judged.right else judged.guess.label


def _reply_f1(told: Sequence[Judged]) -> float:
    return f1([bool(e.needs_reply) for e in told], [e.would_reply for e in told])


# -- curves ------------------------------------------------------------------


def _curves(judged: Sequence[Judged]) -> Curves:
    wrong = Counter((e.labels[0], e.guess.label) for e in judged if not e.right)
    return Curves(
        reliability=tuple(_reliability(judged)),
        coverage=tuple(_thinned(list(_coverage(judged)))),
        confused=tuple((*pair, count) for pair, count in _ordered(wrong)),
    )


def _ordered(
    wrong: Counter[tuple[str, str]],
) -> list[tuple[tuple[str, str], int]]:
    return sorted(wrong.items(), key=lambda item: (-item[1], item[0]))


def _reliability(judged: Sequence[Judged]) -> Iterator[tuple[float, float, int]]:
    bins: dict[int, list[Judged]] = {}
    for each in judged:
        place = min(int(each.guess.confidence * BINS), BINS - 1)
        bins.setdefault(place, []).append(each)
    for _, those in sorted(bins.items()):
        sure = sum(each.guess.confidence for each in those) / len(those)
        yield sure, sum(each.right for each in those) / len(those), len(those)


def _coverage(judged: Sequence[Judged]) -> Iterator[tuple[float, float]]:
    """Yield coverage and the share right for each confidence as the lowest one.

    From so many messages on that the share means something.
    """
    ordered = sorted(judged, key=lambda each: -each.guess.confidence)
    read = right = 0
    for _, group in groupby(ordered, key=lambda each: each.guess.confidence):
        for each in group:
            read, right = read + 1, right + each.right
        if read >= min(FEWEST, len(ordered)):
            yield read / len(ordered), right / read


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(points) <= POINTS:
        return points
    places = np.unique(np.linspace(0, len(points) - 1, POINTS).astype(int))
    return [points[place] for place in places]


# -- what has changed ----------------------------------------------------------


def _changed(
    source: Source, before: Sequence[Judged], after: Sequence[Judged], policy: Policy
) -> Iterator[ChangedReading]:
    for was, now in zip(before, after, strict=True):
        if was.right and now.right:
            continue  # as before, or another of its requests was read first
        if was.labels and was.guess.label != now.guess.label:
            wanted = now.labels[0]
            yield ChangedReading(
                source=source,
                id=now.id,
                before=was.guess,
                after=now.guess,
                # Invented or not: who reads a report cannot tell.
                text=masked(now.text, rules=policy.public),
                # Of several right labels the one that was read counts as the wanted.
                wanted=_read_rightly(was) or _read_rightly(now) or wanted,
            )


def _read_rightly(judged: Judged) -> str:
    return judged.guess.label if judged.right else ""


def _label_changes(
    source: Source,
    before: Sequence[Judged] | None,
    after: Sequence[Judged],
    protected: Collection[str],
) -> Iterator[LabelChange]:
    present = sorted({label for each in after for label in each.labels})
    for label in present:
        lost, won = 0, 0
        if before is not None:
            lost, won = changes(_recognised(before, label), _recognised(after, label))
        yield LabelChange(
            label=label,
            source=source,
            protected=label in protected,
            before=_label_figures(before, label) if before is not None else None,
            after=_label_figures(after, label),
            won=won,
            lost=lost,
            chance=chance_of_loss(lost, won),
        )


def _recognised(judged: Sequence[Judged], label: str) -> list[bool]:
    return [label in each.found for each in judged if label in each.labels]


def _label_figures(judged: Sequence[Judged], label: str) -> LabelFigures:
    labelled = [each for each in judged if each.labels]
    return LabelFigures(
        there=sum(label in each.labels for each in labelled),
        found=sum(label in each.found for each in labelled),
        right=sum(label in each.labels and label in each.found for each in labelled),
    )
