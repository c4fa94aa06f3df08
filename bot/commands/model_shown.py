"""Trained models as people and machines are told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.flow.promotion import Uptake, WayBack
from bot.model.process import Process
from bot.model.trained import Hindrance, Standing, Term, TrainedModel, state_of
from bot.nlu.model_diff import ModelDiff

SHOWN = 10  # examples of a kind
TERMS = 5  # of those that are over
DESPITE: Final = {
    None: "",
    Hindrance.NO_REPORT: " (without a report)",
    Hindrance.REFUSED: " (refused by the gate)",
    Hindrance.OUTDATED: " (compared with another model)",
}

_GATE: Final = {
    None: "passed",
    Hindrance.NO_REPORT: "",
    Hindrance.REFUSED: "refused",
}

Row = dict[str, object]


def rows(models: Sequence[TrainedModel], standing: Standing) -> list[Row]:
    """Return what `--json` prints of each model."""
    return [_row(model, standing) for model in models]


def _row(model: TrainedModel, standing: Standing) -> Row:
    judged = model.judgement
    terms = [t for t in (standing.live, *standing.earlier) if t is not None]
    return {
        "name": model.name,
        "state": state_of(model, standing).value,
        "made_at": model.made_at.isoformat(),
        "by": model.by,
        "why": model.why,
        "examples": model.examples,
        "labels": model.labels,
        "bytes": model.archive.size,
        "sha256": model.archive.sha256,
        "files": dict(model.origin.files),
        "libraries": dict(model.origin.libraries),
        "encoder": model.origin.encoder,
        "gate": judged.summary if judged else None,
        "passed": judged.passed if judged else None,
        "reasons": list(judged.reasons) if judged else [],
        "report": judged.report if judged else "",
        "against": judged.against if judged else "",
        "live": [
            {
                "since": term.since.isoformat(),
                "until": term.until.isoformat() if term.until else None,
                "by": term.by,
                "why": term.why,
                "despite": term.despite.value if term.despite else None,
            }
            for term in terms
            if term.model == model.name
        ],
    }


def table(models: Sequence[TrainedModel], standing: Standing) -> Table:
    """Return the models as a table, the newest first.

    Of 80 columns, who and why have what the rest leaves, and take several lines.
    """
    shown = Table(box=SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("Model", "State", "Made (UTC)", "Gate"):
        shown.add_column(heading, no_wrap=True)
    shown.add_column("By whom, and why", overflow="fold")
    for model in models:
        cells = (
            model.name,
            state_of(model, standing).value,
            f"{model.made_at:%Y-%m-%d %H:%M}",
            _GATE[model.hindrance],
            f"{model.by}: {model.why}" if model.why else model.by,
        )
        shown.add_row(*map(escape, cells))
    return shown


def print_standing(console: Console, standing: Standing, back: WayBack | None) -> None:
    """Say what is live and was so lately, by whom and why, and where back leads to."""
    if standing.live is None:
        console.print("No model is live yet: the first start of a worker makes one so.")
        return
    since = f"{_moment(standing.live.since)} UTC"
    _print_term(console, standing.live, f"is live since {since}")
    for term in standing.earlier[:TERMS]:
        until = f" to {_moment(term.until)}" if term.until else ""
        _print_term(console, term, f"was live {_moment(term.since)}{until}")
    if standing.silent:
        console.print(
            f"{standing.silent} was to read beside it, but its process has ended."
        )
    if back and back.barred:
        console.print(escape(f"No way back: {back.barred}."), soft_wrap=True)
    elif back:
        console.print(f"`firstline model rollback` leads to {back.to}.")


def _print_term(console: Console, term: Term, when: str) -> None:
    why = (term.why or "no reason given") + DESPITE[term.despite]
    console.print(escape(f"{term.model} {when}, by {term.by}: {why}"), soft_wrap=True)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def print_uptake(console: Console, uptake: Uptake) -> None:
    """Say which processes read with the live model, and which do not and why."""
    if not (uptake.taken or uptake.waiting or uptake.refused):
        console.print("No worker runs: the next that starts reads with it.")
    for process in uptake.taken:
        console.print(f"✓ {_place(process)} reads with it")
    for process in uptake.waiting:
        console.print(f"… {_place(process)} still reads with {process.model}")
    for process in uptake.refused:
        told = f"✗ {_place(process)} refuses {process.model_refused}"
        console.print(escape(f"{told}; it reads with {process.model}"), soft_wrap=True)


def _place(process: Process) -> str:
    return f"process {process.pid} on {process.host}"


def print_diff(console: Console, diff: ModelDiff) -> None:
    """Say what one model has been made from otherwise than another."""
    if diff.is_empty:
        console.print("Both were made from the same files, code and libraries.")
    _print_examples(console, "Added", diff.added)
    _print_examples(console, "Removed", diff.removed)
    moved = [(f"{one.before} → {one.after}", one.text) for one in diff.moved]
    _print_examples(console, "Moved", moved)
    kinds: Mapping[str, Sequence[str]] = {
        "Answers": diff.answers,
        "Files": diff.files,
        "Versions": diff.versions,
    }
    for kind, names in kinds.items():
        if names:
            console.print(escape(f"{kind}: {', '.join(names)}"), soft_wrap=True)


def print_judgement(console: Console, model: TrainedModel, page: Path | None) -> None:
    """Say what the gate said of a model, and where its report is on this machine."""
    if model.judgement is None:
        console.print(f"{model.name} has no report.")
        return
    console.print(escape(f"{model.name}: {model.judgement.summary}"), soft_wrap=True)
    if page is not None:
        console.print(f"Report: {page}", soft_wrap=True)


def _print_examples(
    console: Console, what: str, examples: Sequence[tuple[str, str]]
) -> None:
    if not examples:
        return
    console.print(f"{what}: {len(examples)} example{'s' * (len(examples) != 1)}")
    for label, text in examples[:SHOWN]:
        console.print(escape(f"  {label}: {text}"), soft_wrap=True)
    if len(examples) > SHOWN:
        console.print(f"  … and {len(examples) - SHOWN} more")
