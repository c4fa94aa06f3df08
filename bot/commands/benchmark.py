"""`firstline nlu benchmark`: how right and how quick the model is, beside others."""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.errors import InputError
from bot.nlubench.contest import STOCK_EPOCHS, Contender, contest, ours, sparse, stock
from bot.nlubench.dataset import SEEDS, DataSet, Name, few_shot
from bot.nlubench.machine import machine
from bot.nlubench.own import load_own
from bot.nlubench.project import profile_in
from bot.nlubench.public import load_banking77, load_clinc150
from bot.nlubench.report import Entry, Report
from bot.settings import Settings

ALL = "all"
WIDTH = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line asks for. `stock_epochs` None leaves the stock bot out."""

    names: Sequence[Name]
    data: Path | None
    profile: str | None
    as_json: bool
    out: Path | None
    stock_epochs: int | None
    sparse: bool


def names_of(asked: str) -> tuple[Name, ...]:
    """Return the data sets that `--dataset` names."""
    return tuple(Name) if asked == ALL else (Name(asked),)


async def benchmark(settings: Settings, wanted: Wanted) -> int:
    """Print the tables; with `as_json` on the error output, and JSON on the other.

    Raises:
        InputError: a data set is missing or broken; nothing was trained then.
        PermanentFailure: training or serving failed.
    """
    progress = Console(stderr=True, soft_wrap=True)
    sets = [samples_of(name, settings.project, wanted.data) for name in wanted.names]
    here = machine()
    command = shlex.join(["firstline", *sys.argv[1:]])
    progress.print(f"{here['cpu']}, {here['cores']} cores, load {here['load']}")
    profile = wanted.profile or profile_in(settings.project)
    contenders = _contenders(settings, wanted, profile, progress.print)
    reports = [
        await _report(
            samples,
            contenders,
            profile=profile,
            var=settings.var,
            tell=progress.print,
        )
        for samples in sets
    ]
    if wanted.out is not None:
        _draw(reports, wanted.out, progress)
    _print(reports, wanted)
    if wanted.as_json:
        around = {"profile": profile, "command": command, "machine": here}
        found = {report.name.value: report.plain(around) for report in reports}
        print(json.dumps(found, indent=2))  # noqa: T201 - what the command is for
    return 0


def samples_of(name: Name, project: Path, data: Path | None) -> list[DataSet]:
    """Return the data set, or the samples of it that are to be measured.

    Raises:
        InputError: it is missing or broken.
    """
    if name is Name.OWN:
        return [load_own(project)]
    if data is None:
        raise InputError(
            f"{name.value} is not part of this project: --data names the folder of "
            "banking77/ and clinc150/"
        )
    if name is Name.CLINC150:
        return [load_clinc150(data)]
    whole = load_banking77(data)
    if name is Name.BANKING77:
        return [whole]
    return [few_shot(whole, seed=seed) for seed in SEEDS]


def _contenders(
    settings: Settings, wanted: Wanted, profile: str, tell: Callable[[str], None]
) -> list[Contender]:
    found = [ours(settings.project, profile)]
    if wanted.sparse:
        found.append(sparse())
    if wanted.stock_epochs is not None:
        found.append(stock(wanted.stock_epochs))
        tell(
            f"stock Rasa is trained for {wanted.stock_epochs} epochs; its default is "
            f"{STOCK_EPOCHS}, which takes hours on 10,000 examples (--stock-epochs)"
        )
    return found


async def _report(
    samples: Sequence[DataSet],
    contenders: Sequence[Contender],
    *,
    profile: str,
    var: Path,
    tell: Callable[[str], None],
) -> Report:
    entries: list[Entry] = []
    for contender in contenders:
        runs = []
        for sample in samples:
            with tempfile.TemporaryDirectory(dir=var, prefix="benchmark-") as folder:
                runs.append(await contest(contender, sample, Path(folder), tell))
        entries.append(Entry(contender=contender, runs=runs))
    first = samples[0]
    return Report(
        name=first.name,
        profile=profile,
        examples=len(first.train),
        labels=len(first.labels),
        messages=len(first.test),
        entries=entries,
    )


def _draw(reports: Sequence[Report], folder: Path, progress: Console) -> None:
    from bot.nlubench.plots import draw

    for report in reports:
        for file in draw(report, folder):
            progress.print(f"drawn: {file}")


def _print(reports: Sequence[Report], wanted: Wanted) -> None:
    console = Console(stderr=wanted.as_json)
    if not console.is_terminal:  # in a file the tables are whole, however wide
        console = Console(stderr=wanted.as_json, width=WIDTH)
    for report in reports:
        console.print(report.table())
