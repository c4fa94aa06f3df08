"""`firstline x …`: our account on X."""

from __future__ import annotations

import typer

from bot.cli_base import finish, settings_here

x = typer.Typer(help="Our account on X.", no_args_is_help=True)


@x.command("check")
def check_x() -> None:
    """Check keys, account, permissions and reading; say what to change and what it cost."""
    from bot.commands.x import x_check

    finish(x_check(settings_here()))


@x.command("login")
def login_x() -> None:
    """Sign in by OAuth 2: open a page in a browser, and keep the tokens."""
    from bot.commands.x import x_login

    finish(x_login(settings_here()))
