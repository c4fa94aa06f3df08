"""`firstline train …`: a trainer's change, checked, trained, compared and put live."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_base import finish, settings_here
from bot.cli_edit import add_to

train = typer.Typer(
    help="Check, train and compare with the live model; refuse what makes it worse.",
    invoke_without_command=True,
)


@train.callback()
def gate(
    context: typer.Context,
    *,
    by: Annotated[
        str, typer.Option(help="Who changed something. Default: you.", metavar="NAME")
    ] = "",
    why: Annotated[
        str, typer.Option(help="What for, in a few words.", metavar="TEXT")
    ] = "",
    promote: Annotated[
        bool, typer.Option("--promote", help="Put it live if nothing speaks against.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for machines.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write the report here, too.", metavar="FILE")
    ] = None,
) -> None:
    """Check, train and compare with the live model; exit code 1 and why if refused."""
    if context.invoked_subcommand is not None:
        return
    from bot.commands.gate import Wish
    from bot.commands.gate import train as pass_gate

    wish = Wish(by=by, why=why, promote=promote, as_json=as_json, report=report)
    finish(pass_gate(settings_here(), wish))


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


add_to(train)
