"""`firstline train …`: a trainer's change, from the files to a model."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_base import finish, settings_here

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


@train.command("queue")
def show_queue(
    cause: Annotated[str, typer.Option(help="Only what has this cause.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Groups that are printed.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print messages that a trainer should look at, what teaches most first."""
    from bot.commands.review import show_queue as print_queue

    finish(print_queue(settings_here(), cause=cause, limit=limit, as_json=as_json))


@train.command("dismiss")
def dismiss(
    items: Annotated[list[str], typer.Argument(help="As `train queue` has them.")],
) -> None:
    """Close messages from which there is nothing to learn, with near-duplicates."""
    from bot.commands.review import dismiss as dismiss_items

    finish(dismiss_items(settings_here(), items))
