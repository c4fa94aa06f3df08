"""`firstline nlu …`: the model, its training data, and how good it is."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_base import finish, settings_here

nlu = typer.Typer(help="The model and its training data.", no_args_is_help=True)


class Measured(str, Enum):
    """What `firstline nlu benchmark` measures on."""

    BANKING77 = "banking77"
    BANKING77_10 = "banking77-10"
    CLINC150 = "clinc150"
    OWN = "own"
    ALL = "all"


@nlu.command("train")
def train_only() -> None:
    """Train the model if the data changed since the last time; compare nothing."""
    from bot.commands.train import train

    raise typer.Exit(train(settings_here()))


@nlu.command()
def evaluate() -> None:
    """Measure the model on the held-out messages, which it was never trained on."""
    from bot.commands.evaluate import evaluate as evaluate_model

    finish(evaluate_model(settings_here()))


@nlu.command()
def data() -> None:
    """Report on the training examples: counts, duplicates, variety."""
    from bot.commands.check import report_data

    raise typer.Exit(report_data(settings_here()))


@nlu.command()
def benchmark(
    *,
    dataset: Annotated[
        Measured, typer.Option(help="What to learn and to be judged by.")
    ] = Measured.OWN,
    data: Annotated[
        Path | None,
        typer.Option(help="The folder of banking77/ and clinc150/.", metavar="DIR"),
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="Of the classifier. Default: as in config.yml.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for machines.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Draw plots into this folder.", metavar="DIR")
    ] = None,
    against_stock: Annotated[
        bool,
        typer.Option("--against-stock", help="Train and measure Rasa's DIET, too."),
    ] = False,
    stock_epochs: Annotated[
        int, typer.Option(min=1, help="Of DIET; 100 are hours on 10,000 examples.")
    ] = 100,
    against_sparse: Annotated[
        bool,
        typer.Option(
            "--against-sparse", help="And CountVectors with logistic regression."
        ),
    ] = False,
) -> None:
    """Train on data sets through Rasa's graph and measure: right, quick, how large."""
    from bot.commands.benchmark import Wanted, names_of
    from bot.commands.benchmark import benchmark as run_benchmark

    wanted = Wanted(
        names=names_of(dataset.value),
        data=data,
        profile=profile,
        as_json=as_json,
        out=out,
        stock_epochs=stock_epochs if against_stock else None,
        sparse=against_sparse,
    )
    finish(run_benchmark(settings_here(), wanted))
