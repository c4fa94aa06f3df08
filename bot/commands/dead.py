"""`firstline dead`: what could not be handled, and handling it once more."""

from __future__ import annotations

from getpass import getuser

from rich.console import Console
from rich.markup import escape

from bot.app import open_store
from bot.clock import SystemClock
from bot.errors import InputError
from bot.model.message import CustomerId
from bot.settings import Settings


async def list_dead(settings: Settings) -> int:
    """Print who has dead letters: how many, since when and why."""
    async with open_store(settings) as store:
        found = await store.dead.every()
    console = Console()
    for letters in found:
        since = letters.since.isoformat(timespec="seconds")
        why = ", ".join(letters.reasons)
        line = f"{letters.customer}  {letters.count}  since {since}  {why}"
        console.print(escape(line), soft_wrap=True)
    console.print(f"{len(found)} customers have dead letters.")
    return 0


async def replay_dead(settings: Settings, customer: str) -> int:
    """Put a customer's dead letters back into their mailbox.

    Raises:
        InputError: there are none.
    """
    async with open_store(settings) as store:
        now = SystemClock().now()
        count = await store.dead.replay(CustomerId(customer), now=now, by=getuser())
    if not count:
        raise InputError(f"{customer} has no dead letters: see `firstline dead list`.")
    Console().print(f"{count} messages will be handled again.")
    return 0
