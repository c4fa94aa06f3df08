"""`firstline train …`: a trainer's change, from the files to a model."""

from __future__ import annotations

import typer

from bot.cli_base import settings_here

train = typer.Typer(
    help="Train the model, if the data changed since the last time.",
    invoke_without_command=True,
)


@train.callback()
def gate(context: typer.Context) -> None:
    """Train the model, if the data changed since the last time."""
    if context.invoked_subcommand is not None:
        return
    from bot.commands.train import train as train_model

    raise typer.Exit(train_model(settings_here()))
