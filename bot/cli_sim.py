"""`firstline sim …`: networks on this machine, to rehearse with."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_base import finish, settings_here

sim = typer.Typer(
    help="Networks that run on this machine, to rehearse with.", no_args_is_help=True
)


@sim.callback()
def networks() -> None:
    """Networks that run on this machine, to rehearse with."""


@sim.command("x")
def sim_x(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8091,
    brand: Annotated[
        str | None,
        typer.Option(help="The handle that is answered for. Default: the policy's."),
    ] = None,
    unlimited: Annotated[
        bool, typer.Option("--unlimited", help="Without X's limits of requests.")
    ] = False,
    oauth2: Annotated[
        bool, typer.Option("--oauth2", help="Print the keys for firstline x login.")
    ] = False,
) -> None:
    """Run a local X with a page, and print the settings that lead the program to it.

    It keeps everything in memory; what was posted is gone when it ends.
    """
    from bot.commands.sim import run_x
    from bot.policy_file import load_policy

    handle = brand or load_policy(settings_here().policy).handle
    finish(run_x(port=port, brand=handle, limited=not unlimited, oauth2=oauth2))
