"""The report: one page that stands alone, for somebody who is no engineer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from bot.gate import plots
from bot.gate.words import headline, on, percent
from bot.model.comparison import (
    ChangedReading,
    Comparison,
    LabelChange,
    Measured,
    Source,
)

SHOWN: Final = 12  # examples of a kind that are open; the others fold out
AT_MOST: Final = 200  # of a kind, in the whole page


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who asked for the candidate, why and when."""

    by: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of figures."""

    name: str
    before: str
    after: str
    means: str


@dataclass(frozen=True, slots=True)
class Group:
    """Messages that changed in the same way."""

    title: str
    sign: str
    messages: Sequence[ChangedReading]
    more: int  # left out


def report(comparison: Comparison, signed: Signed) -> str:
    """Return the page as HTML, which loads nothing from anywhere."""
    frozen = on(comparison, Source.FROZEN)
    unseen = on(comparison, Source.CROSS_VALIDATION)
    return _template().render(
        comparison=comparison,
        signed=signed,
        headline=headline(comparison),
        frozen=frozen,
        unseen=unseen,
        changed=_changed_labels(frozen),
        steady=_steady_labels(frozen),
        groups=_groups(frozen.changed) if frozen else [],
        unseen_groups=_groups(unseen.changed) if unseen else [],
        unseen_labels=_changed_labels(unseen),
        rows=_rows(frozen) if frozen else [],
        pictures=_pictures(frozen) if frozen else {},
        shown=SHOWN,
    )


def _template() -> Template:
    """Return the template; whatever stands in it is escaped."""
    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=folder,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    return environment.get_template("report.html")


def _changed_labels(measured: Measured | None) -> list[LabelChange]:
    """Return the labels that lost or won messages, those that lose most first."""
    found = [c for c in measured.labels if c.lost or c.won] if measured else []
    return sorted(found, key=lambda c: (c.won - c.lost, not c.protected, c.label))


def _steady_labels(measured: Measured | None) -> list[LabelChange]:
    found = [c for c in measured.labels if not (c.lost or c.won)] if measured else []
    return sorted(found, key=lambda c: (not c.protected, c.after.recall, c.label))


def _groups(changed: Sequence[ChangedReading]) -> list[Group]:
    kinds = (
        ("Wrong now, right before", "−", [c for c in changed if c.worse]),
        ("Right now, wrong before", "+", [c for c in changed if c.better]),
        (
            "Wrong before and now, in another way",
            "·",
            [c for c in changed if not (c.better or c.worse)],
        ),
    )
    return [
        Group(title, sign, found[:AT_MOST], max(0, len(found) - AT_MOST))
        for title, sign, found in kinds
        if found
    ]


def _rows(measured: Measured) -> list[Row]:
    after = measured.after.figures
    before = measured.before.figures if measured.before else None

    def row(name: str, field: str, means: str) -> Row:
        now, was = getattr(after, field), getattr(before, field, None)
        counts = isinstance(now, int)
        was_shown, now_shown = (
            "–" if each is None else str(each) if counts else percent(each)
            for each in (was, now)
        )
        return Row(name, was_shown, now_shown, means)

    return [
        row("Read right", "accuracy", "of all test messages"),
        row("Read right, each intent alike", "macro_f1", "rare intents count as much"),
        row(
            "Sureness off by",
            "calibration_error",
            "how far “90 % sure” is from 9 in 10; less is better",
        ),
        row(
            "Ours told from not ours",
            "scope_auroc",
            "50 % is guessing, 100 % is never wrong",
        ),
        row(
            "Dealt with without people",
            "coverage",
            "answered, asked back or rightly let pass",
        ),
        row(
            "Wrong answers",
            "spoken_wrong",
            "messages the bot would answer with something else",
        ),
        row("Answers to what is not ours", "spoken_outside", "messages; none is best"),
        row(
            "Knows what needs a reply",
            "reply_f1",
            "balance of missed and needless replies",
        ),
    ]


def _pictures(measured: Measured) -> dict[str, Markup]:
    names = plots.confused_labels(measured)
    before = measured.before.curves if measured.before else None
    found = {
        "reliability": plots.reliability(measured),
        "coverage": plots.coverage(measured),
        "confusion_before": plots.confusion(before, names, salt="before"),
        "confusion_after": plots.confusion(measured.after.curves, names, salt="after"),
    }
    # Letters in them are escaped already.
    return {n: Markup(svg) for n, svg in found.items()}  # noqa: S704 - drawn by us
