"""How right a model is: figures of what it read in messages with known labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.nlu.evaluation import REPLY_THRESHOLD, calibration_error, f1, macro_f1
from bot.nlubench.dataset import DataSet, Sample
from bot.nlubench.readers import Found

PRECISION = 0.95  # at which coverage is told


@dataclass(frozen=True, slots=True)
class Judged:
    """One message: its right label, the likeliest one, and how sure the model was.

    `read` is the likeliest label that is an answer, `served` the likeliest of all,
    "unsure" included. `inside` is how sure the model was of any label in scope.
    """

    label: str
    read: str
    confidence: float
    served: str
    inside: float
    counts: bool  # whether accuracy counts it: it has a label that is an answer

    @property
    def right(self) -> bool:
        return self.label == self.read


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Figures between 0.0 and 1.0, None where the data set cannot tell.

    Attributes:
        accuracy: the likeliest label is right, of messages in scope; passing a
            message on because the model is unsure does not count as a label.
        accuracy_served: the same, but being unsure counts as wrong.
        auroc: how well confidence tells messages in scope from those out of it.
        calibration_error: the expected one, over messages in scope.
        coverage_at_95: the largest share of the messages in scope that can be read
            with 95 % of what is read being right; messages out of scope that are
            as sure are read, too, and wrong.
    """

    messages: int
    accuracy: float
    accuracy_served: float
    macro_f1: float
    auroc: float | None
    calibration_error: float
    coverage_at_95: float
    needs_reply_f1: float | None


def judge(data: DataSet, found: Sequence[Found]) -> list[Judged]:
    """Put what was found in the test messages of `data` beside what is right."""
    return [
        _judged(data, sample, each)
        for sample, each in zip(data.test, found, strict=True)
    ]


def quality(data: DataSet, found: Sequence[Found]) -> Quality:
    """Return the figures of what was found in the test messages of `data`."""
    judged = judge(data, found)
    counted = [each for each in judged if each.counts]
    right = [each.right for each in counted]
    labels = [each.label for each in counted]
    return Quality(
        messages=len(judged),
        accuracy=_share(right),
        accuracy_served=_share([each.served == each.label for each in counted]),
        macro_f1=macro_f1(labels, [each.read for each in counted]),
        auroc=_auroc_of_scope(data, judged),
        calibration_error=calibration_error([e.confidence for e in counted], right),
        coverage_at_95=coverage_at(PRECISION, judged),
        needs_reply_f1=_needs_reply_f1(data.test, found),
    )


def coverage_curve(judged: Sequence[Judged]) -> list[tuple[float, float]]:
    """Return (coverage, precision) for each confidence as the lowest one to be read.

    Messages of equal confidence are read together or not at all. Coverage is the
    share of the messages in scope.
    """
    inside = sum(each.counts for each in judged)
    ordered = sorted(judged, key=lambda each: -each.confidence)
    curve: list[tuple[float, float]] = []
    read = right = covered = 0
    for _, group in groupby(ordered, key=lambda each: each.confidence):
        for each in group:
            read += 1
            right += each.right
            covered += each.counts
        curve.append((covered / inside, right / read))
    return curve


def coverage_at(precision: float, judged: Sequence[Judged]) -> float:
    """Return the largest coverage at which `precision` is kept; 0.0 if none."""
    curve = coverage_curve(judged)
    return max((c for c, reached in curve if reached >= precision), default=0.0)


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """Return how often one of `inside` is above one of `outside`; equals count half."""
    counts = Counter(outside)
    below, total = 0.0, 0.0
    waiting = sorted(counts, reverse=True)
    for value in sorted(inside):
        while waiting and waiting[-1] < value:
            below += counts[waiting.pop()]
        total += below + counts.get(value, 0) / 2
    return total / (len(inside) * len(outside))


def confusions(judged: Sequence[Judged]) -> Counter[tuple[str, str]]:
    """Return how often each (right, read) pair of different labels came up."""
    return Counter((e.label, e.read) for e in judged if e.counts and not e.right)


def _judged(data: DataSet, sample: Sample, found: Found) -> Judged:
    answers = [each for each in found.ranking if each[0] not in data.passed_over]
    read, confidence = answers[0] if answers else ("", 0.0)
    inside = max((c for name, c in answers if name != data.outside), default=0.0)
    return Judged(
        label=sample.label,
        read=read,
        confidence=confidence,
        served=found.ranking[0][0] if found.ranking else "",
        inside=inside,
        counts=data.judges_outside or sample.label != data.outside,
    )


def _auroc_of_scope(data: DataSet, judged: Sequence[Judged]) -> float | None:
    inside = [each.inside for each in judged if each.label != data.outside]
    outside = [each.inside for each in judged if each.label == data.outside]
    return auroc(inside, outside) if inside and outside else None


def _needs_reply_f1(samples: Sequence[Sample], found: Sequence[Found]) -> float | None:
    wanted = [sample.needs_reply for sample in samples]
    got = [each.needs_reply for each in found]
    if None in wanted or None in got:
        return None
    return f1(
        [bool(each) for each in wanted],
        [each is not None and each >= REPLY_THRESHOLD for each in got],
    )


def _share(marks: Sequence[bool]) -> float:
    return sum(marks) / len(marks)
