"""`firstline model …`: which model reads, on every machine."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from bot.cli_base import finish, settings_here

model = typer.Typer(
    help="Trained models: listed, compared, put live, taken back.",
    no_args_is_help=True,
)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Of a model, or how it begins.")
]
By = Annotated[str, typer.Option(help="Who does it; as a rule who is signed in here.")]
Why = Annotated[str, typer.Option(help="The reason, kept with the change.")]


@model.command("list")
def list_models(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON list for machines.")
    ] = False,
) -> None:
    """List the models: what each was made from, where it stands, who reads with it."""
    from bot.commands.model import list_models as print_models

    finish(print_models(settings_here(), as_json=as_json))


@model.command()
def diff(
    one: Name,
    other: Annotated[
        str | None, typer.Argument(metavar="OTHER", help="Default: the live model.")
    ] = None,
) -> None:
    """Show what OTHER was made from otherwise than NAME: examples, answers, versions."""
    from bot.commands.model import diff as print_diff

    finish(print_diff(settings_here(), one, other))


@model.command()
def promote(name: Name, why: Why = "", by: By = "") -> None:
    """Let every worker of every machine read with a model, without a pause."""
    from bot.commands.model import promote as promote_model

    finish(promote_model(settings_here(), name, by=by or getpass.getuser(), why=why))


@model.command()
def rollback(why: Why = "", by: By = "") -> None:
    """Go back to the model that was live before."""
    from bot.commands.model import roll_back

    finish(roll_back(settings_here(), by=by or getpass.getuser(), why=why))
