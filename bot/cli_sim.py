"""`firstline sim …`: networks on this machine, to rehearse with."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_base import finish

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
        str, typer.Option(help="The handle that the program answers for.")
    ] = "acmecare",
    unlimited: Annotated[
        bool, typer.Option("--unlimited", help="Without X's limits of requests.")
    ] = False,
) -> None:
    """Run a local X with a page, and print the settings that lead the program to it.

    It keeps everything in memory; what was posted is gone when it ends.
    """
    from bot.commands.sim import run_x

    finish(run_x(port=port, brand=brand, limited=not unlimited))
