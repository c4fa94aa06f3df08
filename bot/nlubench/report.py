"""The figures of a benchmark, for people and for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from rich.table import Table

from bot.nlubench.contest import Contender, Result
from bot.nlubench.dataset import Name
from bot.nlubench.targets import Target, targets_of

Figures = Mapping[str, "float | None"]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a figure is called and written."""

    says: str
    form: str


SHARE, SECONDS, MS, RATE, SIZE = (
    "{:.1%}",
    "{:.1f} s",
    "{:.2f} ms",
    "{:,.0f}",
    "{:.0f} MB",
)
KINDS: Mapping[str, Kind] = {
    "accuracy": Kind("right, in scope", SHARE),
    "accuracy_served": Kind("right, being unsure counts as wrong", SHARE),
    "macro_f1": Kind("macro-F1", SHARE),
    "auroc": Kind("out of scope: AUROC", "{:.3f}"),
    "calibration_error": Kind("expected calibration error", "{:.3f}"),
    "coverage_at_95": Kind("read at 95 % precision", SHARE),
    "needs_reply_f1": Kind("needs a reply: F1", "{:.3f}"),
    "train_s": Kind("training, first", SECONDS),
    "train_cpu_s": Kind("training, first, CPU", SECONDS),
    "train_after_edit_s": Kind("training, after one edit", SECONDS),
    "train_after_edit_cpu_s": Kind("training, after one edit, CPU", SECONDS),
    "train_peak_mb": Kind("training, memory at most", SIZE),
    "load_s": Kind("loading, imports included", SECONDS),
    "load_cpu_s": Kind("loading, CPU", SECONDS),
    "p50_ms": Kind("one message, p50", MS),
    "p95_ms": Kind("one message, p95", MS),
    "p50_cpu_ms": Kind("one message, CPU, p50", MS),
    "p95_cpu_ms": Kind("one message, CPU, p95", MS),
    "single_per_s": Kind("messages/s, one by one", RATE),
    "single_per_cpu_s": Kind("messages/s of CPU, one by one", RATE),
    "batched_per_s": Kind("messages/s, in batches of 256", RATE),
    "batched_per_cpu_s": Kind("messages/s of CPU, in batches", RATE),
    "pss_mb": Kind("serving, memory (PSS)", SIZE),
    "rss_mb": Kind("serving, memory (RSS)", SIZE),
    "model_mb": Kind("model file", "{:.1f} MB"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One contender on one data set: a run for each seed, most often one."""

    contender: Contender
    runs: Sequence[Result]

    @property
    def figures(self) -> dict[str, float | None]:
        """The mean of each figure over the runs."""
        all_ = [run.figures() for run in self.runs]
        return {name: _mean([each[name] for each in all_]) for name in KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that was measured on one data set; our own contender is first."""

    name: Name
    profile: str
    examples: int
    labels: int
    messages: int
    entries: Sequence[Entry]

    def plain(self, around: Mapping[str, object]) -> dict[str, object]:
        """Return the JSON object: our figures directly, the others by their names.

        Args:
            around: the machine and the command.
        """
        first, *others = self.entries
        return {
            **_plain(first),
            **{entry.contender.name: _plain(entry) for entry in others},
            "examples": self.examples,
            "labels": self.labels,
            "messages": self.messages,
            **around,
        }

    def table(self) -> Table:
        """Return the figures, one contender a column, beside what is to be reached."""
        title = (
            f"{self.name.value}: {self.examples:,} examples of {self.labels} labels, "
            f"{self.messages:,} messages read"
        )
        if len(self.entries[0].runs) > 1:
            title += f"; means of {len(self.entries[0].runs)} samples"
        table = Table(title=title)
        table.add_column("Figure", no_wrap=True)
        for entry in self.entries:
            table.add_column(entry.contender.title, justify="right")
        table.add_column("target", justify="right")
        table.add_column("met", justify="right")
        columns = [entry.figures for entry in self.entries]
        targets = targets_of(self.name, profile=self.profile)
        for name, kind in KINDS.items():
            values = [column[name] for column in columns]
            if any(value is not None for value in values):
                cells = [_cell(kind, value) for value in values]
                table.add_row(
                    kind.says, *cells, *_target(kind, values[0], targets.get(name))
                )
        return table


def _plain(entry: Entry) -> dict[str, object]:
    found: dict[str, object] = {"contender": entry.contender.title, **entry.figures}
    if len(entry.runs) > 1:
        found["runs"] = [run.figures() for run in entry.runs]
    return found


def _cell(kind: Kind, value: float | None) -> str:
    return "" if value is None else kind.form.format(value)


def _target(kind: Kind, value: float | None, target: Target | None) -> tuple[str, str]:
    if target is None or value is None:
        return "", ""
    sign = "≤" if target.at_most else "≥"
    met = "yes" if target.met(value) else "[bold red]no[/]"
    return f"{sign} {kind.form.format(target.bound)}", met


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
