"""`firstline nlu evaluate`: the model on messages it has never seen."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bot.commands.train import current_model
from bot.nlu.engine import RasaEngine, load_model
from bot.nlu.evaluation import Evaluation, load_held_out
from bot.nlu.evaluation import evaluate as measure
from bot.policy_file import load_policy
from bot.settings import Settings

SHOWN_CONFUSIONS = 15


async def evaluate(settings: Settings) -> int:
    """Print the figures over tests/nlu/held_out_*.jsonl."""
    files = sorted((settings.project / "tests" / "nlu").glob("held_out_*.jsonl"))
    threshold = load_policy(settings.policy).thresholds.answer
    model = load_model(current_model(settings), config=settings.project / "config.yml")
    engine = RasaEngine(model)
    try:
        found = await measure(engine, load_held_out(files), threshold=threshold)
    finally:
        engine.close()
    _print(found, threshold)
    return 0


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
