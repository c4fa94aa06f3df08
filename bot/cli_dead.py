"""`firstline dead …`: messages that could not be handled."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_base import finish, settings_here

dead = typer.Typer(help="Messages that could not be handled.", no_args_is_help=True)


@dead.command("list")
def list_dead() -> None:
    """Print who has messages that could not be handled, and why."""
    from bot.commands.dead import list_dead as print_dead

    finish(print_dead(settings_here()))


_Customer = Annotated[str, typer.Argument(help="As `firstline dead list` has it.")]
_Letter = Annotated[
    int | None, typer.Option(help="Only the one that `dead show` has as #N.")
]


@dead.command("show")
def show_dead(
    customer: _Customer,
    text: Annotated[
        bool, typer.Option("--text", help="Also what the customer wrote.")
    ] = False,
) -> None:
    """Print a customer's dead letters: which message, why, when, how many tries."""
    from bot.commands.dead import show_dead as print_letters

    finish(print_letters(settings_here(), customer, text=text))


@dead.command("replay")
def replay_dead(customer: _Customer, letter: _Letter = None) -> None:
    """Handle a customer's dead letters once more."""
    from bot.commands.dead import replay_dead as replay_letters

    finish(replay_letters(settings_here(), customer, letter))


@dead.command("drop")
def drop_dead(customer: _Customer, letter: _Letter = None) -> None:
    """Remove a customer's dead letters; the outcome of the messages stays."""
    from bot.commands.dead import drop_dead as drop_letters

    finish(drop_letters(settings_here(), customer, letter))
