"""What all commands of `firstline` share."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path

import typer

from bot.settings import Settings

PROJECT = Path.cwd()


def settings_here() -> Settings:
    """Return the settings of this folder; what the program writes has a place then."""
    settings = Settings.load(PROJECT, os.environ)
    settings.make_var()
    # Rasa makes actions without arguments; they find their files by this.
    os.environ["FIRSTLINE_VAR"] = str(settings.var)
    return settings


def keep_going(command: Coroutine[None, None, int]) -> None:
    """Run what lives long on the quicker event loop."""
    import uvloop

    raise typer.Exit(uvloop.run(command))


def finish(command: Coroutine[None, None, int]) -> None:
    """Run a command; its answer is the exit code."""
    raise typer.Exit(asyncio.run(command))
