"""`firstline nlu evaluate`: the model on messages it has never seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.commands.train import current_model
from bot.model.policy import Handling, Policy
from bot.model.reading import OUT_OF_SCOPE, Reading
from bot.nlu.engine import RasaEngine, load_model
from bot.nlu.evaluation import Evaluation, load_held_out
from bot.nlu.evaluation import evaluate as measure
from bot.nlu.request_figures import (
    RequestFigures,
    area_under_curve,
    load_texts,
    request_figures,
)
from bot.nlu.sign_evaluation import SignalScore, evaluate_signals, load_labelled
from bot.policy_file import load_policy
from bot.settings import Settings

SHOWN_CONFUSIONS = 15
SEVERAL = "several.jsonl"
OUTSIDE = "out_of_scope.jsonl"
# What the bot does without people.
ON_ITS_OWN = frozenset({Handling.ANSWER, Handling.DIALOGUE, Handling.SMALL_TALK})


async def evaluate(settings: Settings) -> int:
    """Print the figures over the messages in tests/nlu."""
    policy = load_policy(settings.policy)
    threshold = policy.thresholds.answer
    model = load_model(current_model(settings), config=settings.project / "config.yml")
    folder = settings.project / "tests" / "nlu"
    held_out = load_held_out(sorted(folder.glob("held_out_*.jsonl")))
    several = load_held_out([folder / SEVERAL])
    outside = load_texts(folder / OUTSIDE)
    engine = RasaEngine(model)
    try:
        found = await measure(engine, held_out, threshold=threshold)
        readings = await engine.read([message.text for message in held_out])
        of_several = await engine.read([message.text for message in several])
        of_outside = await engine.read(outside)
        scores = {
            half: await evaluate_signals(engine, load_labelled([half]))
            for half in sorted(folder.glob("signals_*.jsonl"))
        }
    finally:
        engine.close()
    _print(found, threshold)
    _print_requests("held-out messages", request_figures(held_out, readings))
    _print_requests(SEVERAL, request_figures(several, of_several))
    ours = [
        reading.ours
        for message, reading in zip(held_out, readings, strict=True)
        if message.label != OUT_OF_SCOPE
    ]
    _print_outside(ours, of_outside, policy)
    for half, score in scores.items():
        _print_signals(half, score)
    return 0


def _print_signals(half: Path, scores: Sequence[SignalScore]) -> None:
    table = Table("Signal", title=f"Signals in {half.name}")
    for column in ("Messages", "Precision", "Recall", "F1"):
        table.add_column(column, justify="right")
    for one in scores:
        shares = (f"{share:.1%}" for share in (one.precision, one.recall, one.f1))
        table.add_row(one.name, str(one.wanted), *shares)
    Console().print(table)


def _print_requests(title: str, found: RequestFigures) -> None:
    table = Table("Requests", "Precision", "Recall", "F1")
    table.title = f"{title}: {found.several} of {found.messages} ask for several"
    for name, overlap in (("further ones", found.further), ("all", found.all)):
        figures = (overlap.precision, overlap.recall, overlap.f1)
        table.add_row(name, *(f"{figure:.1%}" for figure in figures))
    console = Console()
    console.print(table)
    console.print(
        f"Just the right set: {found.exact:.1%}. "
        f"Single requests taken for several: {found.false_alarms:.1%}."
    )


def _least(policy: Policy) -> float:
    """Return the lowest confidence at which the bot speaks by itself."""
    limits = policy.thresholds
    return min(limits.answer, limits.dialogue, limits.small_talk)


def _print_outside(
    ours: Sequence[float], outside: Sequence[Reading], policy: Policy
) -> None:
    area = area_under_curve(ours, [reading.ours for reading in outside])
    answered = sum(
        policy.rule(reading.top.intent).handling in ON_ITS_OWN
        and reading.top.intent != OUT_OF_SCOPE
        and reading.top.confidence >= _least(policy)
        for reading in outside
    )
    Console().print(
        f"{len(outside)} messages that are not ours: AUROC of being ours {area:.3f}; "
        f"{answered} read so surely as something of ours that the bot would speak."
    )


def _print(found: Evaluation, threshold: float) -> None:
    table = Table("Figure", title=f"{found.examples} held-out messages")
    table.add_column("Value", justify="right")
    for name, value in (
        ("label right (intent, or the very standard answer)", found.label_accuracy),
        ("label right, or one of the further requests", found.lenient_accuracy),
        ("intent right (all standard answers as one)", found.intent_accuracy),
        ("macro-F1 over labels", found.macro_f1),
        ("needs a reply: right", found.reply_accuracy),
        ("needs a reply: F1", found.reply_f1),
        ("expected calibration error", found.calibration_error),
        (f"at least {threshold:.2f} sure", found.coverage),
        ("right among those", found.accuracy_when_covered),
    ):
        table.add_row(name, f"{value:.1%}")
    console = Console()
    console.print(table)
    worst = found.confusions[:SHOWN_CONFUSIONS]
    console.print("Most often confused (right → read as):")
    for right, read, count in worst:
        console.print(f"  {count} × {right} → {read}")
