"""The gate itself: check, train, compare, judge, and write down what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cattrs.preconf.json import make_converter

from bot.gate.checks import check_files, check_with_rasa
from bot.gate.compare import Task, Texts, compare
from bot.gate.report import Signed, report
from bot.gate.words import headline
from bot.model.comparison import Comparison
from bot.model.policy import Policy
from bot.model.trained import Judgement, Part
from bot.nlu.shelf import SUFFIXES, name_of
from bot.nlu.training import train
from bot.yaml_reader import Problem

# Beside the model's file, which the shelf sweeps with it.
REPORT: Final = SUFFIXES[Part.PAGE]
FIGURES: Final = SUFFIXES[Part.FIGURES]
_CONVERTER: Final = make_converter()

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to pass.

    `live` is the model to compare with; None if there is none, and `without` says why.
    `recent` gives what customers wrote in the last `recent_for`; asked late, so that a
    broken file is told before anything is read.
    """

    project: Path
    policy: Policy
    models: Path
    kept: Path
    live: Path | None
    without: str
    signed: Signed
    recent: Callable[[], Awaitable[Texts]]
    recent_for: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A candidate that was judged, and where the report is."""

    candidate: Path
    comparison: Comparison
    report: Path

    def judgement(self, at: datetime) -> Judgement:
        """Return what is written into the model's manifest."""
        verdict = self.comparison.verdict
        return Judgement(
            passed=verdict.passes,
            at=at,
            summary=headline(self.comparison),
            reasons=tuple(each.sentence for each in verdict.objections),
            report=self.report.name,
            against=self.comparison.live,
        )


async def check(project: Path, policy: Path, progress: Progress) -> list[Problem]:
    """Return everything that is wrong in the files; nothing is trained.

    Raises:
        ConfigError: a file cannot be read at all; names file, line and remedy.
        InputError: a line of the test messages is not as expected; the same.
    """
    progress("checking the files")
    found = await asyncio.to_thread(check_files, project, policy)
    progress("asking Rasa about the files")
    return [*found, *check_with_rasa(project, known=found)]


async def pass_through(asked: Asked, progress: Progress) -> Passed:
    """Train a candidate of the files as they are, compare it and write the report.

    Raises:
        ConfigError: Rasa refuses the project.
        InputError: a file of frozen messages is not as expected.
        ModelError: what was trained cannot be used.
    """
    candidate = await asyncio.to_thread(train, asked.project, asked.models, progress)
    progress("reading test messages with both models")
    recent = await asked.recent()
    found = await compare(
        Task(
            project=asked.project,
            policy=asked.policy,
            candidate=candidate,
            live=asked.live,
            without=asked.without,
            kept=asked.kept,
            recent=recent,
            recent_for=asked.recent_for,
        )
    )
    progress("writing the report")
    page = candidate.with_name(f"{name_of(candidate)}{REPORT}")
    _put(page, report(found, asked.signed))
    _put(candidate.with_name(f"{name_of(candidate)}{FIGURES}"), as_json(found))
    return Passed(candidate=candidate, comparison=found, report=page)


def as_json(comparison: Comparison) -> str:
    """Return it for machines."""
    return _CONVERTER.dumps(comparison)


def _put(path: Path, text: str) -> None:
    """Write a file so that others see all of it or nothing."""
    new = path.with_name(f".writing-{path.name}")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
