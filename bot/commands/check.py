"""`firstline check` and `firstline nlu data`: what trainers and managers edit."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.gate.checks import check_files
from bot.knowledge.answers import DomainAnswers
from bot.nlu.data_report import DataReport, Pair, data_report
from bot.policy_file import load_policy
from bot.settings import Settings

SHOWN_PAIRS = 20


def check(settings: Settings) -> int:
    """Check policy, texts and data; return how the command ends: 1 with a mistake.

    Raises:
        ConfigError: a file cannot be used; the message lists every place.
    """
    console = Console()
    problems = check_files(settings.project, settings.policy)
    for problem in problems:
        console.print(escape(str(problem)), soft_wrap=True)
    policy = load_policy(settings.policy)
    texts = DomainAnswers(settings.project / "domain.yml", policy).responses.wordings
    report = data_report(settings.project / "data" / "nlu")
    _print_pairs(console, "Almost the same under two labels", _near(report))
    console.print(
        f"policy: {len(policy.intents)} intents · texts: {len(texts)}"
        f" · examples: {report.examples}, {len(report.duplicates)} duplicates, "
        f"{len(report.near_duplicates)} near-duplicates, "
        f"{report.distinct_fourgrams:.1%} of word 4-grams distinct"
    )
    return 1 if problems else 0


def report_data(settings: Settings) -> int:
    """Print the report on the training examples; 1 if two labels share a text."""
    console = Console()
    report = data_report(settings.project / "data" / "nlu")
    table = Table("Label", title=f"{report.examples} examples")
    table.add_column("Examples", justify="right")
    for label, count in report.by_label.items():
        table.add_row(label, str(count))
    console.print(table)
    entities = ", ".join(f"{kind} {n}" for kind, n in report.by_entity.items())
    console.print(f"Entities: {entities}.")
    _print_pairs(console, "Duplicates", report.duplicates)
    _print_pairs(console, "Near-duplicates", report.near_duplicates)
    console.print(f"Distinct word 4-grams: {report.distinct_fourgrams:.1%}")
    return 1 if report.has_conflicts else 0


def _near(report: DataReport) -> tuple[Pair, ...]:
    return tuple(pair for pair in report.near_duplicates if pair.across)


def _print_pairs(console: Console, title: str, pairs: tuple[Pair, ...]) -> None:
    if not pairs:
        return
    console.print(f"{title}: {len(pairs)}")
    for pair in pairs[:SHOWN_PAIRS]:
        for example in (pair.first, pair.second):
            place = f"{example.file}:{example.line}"
            line = f"  {place} {example.label}: {example.text}"
            console.print(escape(line), soft_wrap=True)
    if len(pairs) > SHOWN_PAIRS:
        console.print(f"  … and {len(pairs) - SHOWN_PAIRS} more")
