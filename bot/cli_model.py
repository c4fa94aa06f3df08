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
        str | None,
        typer.Argument(metavar="OTHER", help="What it brings beside NAME."),
    ] = None,
) -> None:
    """Show what NAME brings beside the live model: examples, answers, versions."""
    from bot.commands.model import diff as print_diff

    finish(print_diff(settings_here(), one, other))


@model.command()
def promote(
    name: Name,
    why: Why = "",
    by: By = "",
    without_report: Annotated[
        bool,
        typer.Option(
            "--without-report",
            help="Also if no report lets it pass. Needs --why; stays in the history.",
        ),
    ] = False,
) -> None:
    """Let every worker of every machine read with a model, without a pause."""
    from bot.commands.model import promote as promote_model

    promoting = promote_model(
        settings_here(),
        name,
        by=by or getpass.getuser(),
        why=why,
        without_report=without_report,
    )
    finish(promoting)


@model.command()
def rollback(why: Why = "", by: By = "") -> None:
    """Go back to the model that was live before."""
    from bot.commands.model import roll_back

    finish(roll_back(settings_here(), by=by or getpass.getuser(), why=why))


@model.command()
def shadow(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Of a model, or how it begins.")
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Only say where it reads otherwise.")
    ] = False,
    by: By = "",
) -> None:
    """Let a model read beside the live one and decide nothing, until Ctrl-C."""
    from bot.commands import model_shadow

    if report:
        finish(model_shadow.report(settings_here(), name))
    if name is None:
        raise typer.BadParameter("which model? See `firstline model list`.")
    by = by or getpass.getuser()
    finish(model_shadow.shadow(settings_here(), name, by=by))


@model.command("stop-shadow")
def stop_shadow(by: By = "") -> None:
    """End what `firstline model shadow` does, wherever it runs."""
    from bot.commands.model import stop_shadow as stop

    finish(stop(settings_here(), by=by or getpass.getuser()))
