"""`firstline dead`: look at what could not be handled, handle it once more or drop it."""

from __future__ import annotations

from collections.abc import Sequence
from getpass import getuser

from rich.console import Console
from rich.markup import escape

from bot.clock import SystemClock
from bot.errors import InputError
from bot.model.message import CustomerId
from bot.open_store import open_store
from bot.settings import Settings
from bot.store.dead import DeadLetter
from bot.store.whole import Store


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
    total = sum(letters.count for letters in found)
    console.print(f"{len(found)} customers have {total} dead letters.")
    return 0


async def show_dead(settings: Settings, customer: str, *, text: bool) -> int:
    """Print one customer's dead letters; what they hold only if `text`.

    Raises:
        InputError: there are none.
    """
    async with open_store(settings) as store:
        letters = await _letters(store, customer, None)
    console = Console()
    for letter in letters:
        console.print(escape(_line(letter)), soft_wrap=True)
        if text:
            # as it is kept, in ASCII: it may hold what moves the cursor of a terminal
            shown = letter.content.encode("ascii", "backslashreplace").decode()
            console.print(escape(f"    {shown}"), soft_wrap=True)
    return 0


async def replay_dead(settings: Settings, customer: str, letter: int | None) -> int:
    """Put a customer's dead letters, or one of them, back into their mailbox.

    Raises:
        InputError: there are none that can be handled again.
    """
    async with open_store(settings) as store:
        letters = await _letters(store, customer, letter)
        count = await store.dead.replay(
            CustomerId(customer),
            now=SystemClock().now(),
            by=getuser(),
            numbers=[one.number for one in letters],
        )
    if not count:
        raise InputError(
            f"Nothing of {customer} can be handled again: what could not be decoded "
            "when it came cannot be now. `firstline dead drop` removes it."
        )
    Console().print(f"{count} mails will be handled again.")
    return 0


async def drop_dead(settings: Settings, customer: str, letter: int | None) -> int:
    """Remove a customer's dead letters, or one of them, with what they hold.

    Raises:
        InputError: there are none.
    """
    async with open_store(settings) as store:
        letters = await _letters(store, customer, letter)
        count = await store.dead.drop(
            CustomerId(customer),
            now=SystemClock().now(),
            by=getuser(),
            numbers=[one.number for one in letters],
        )
    Console().print(f"{count} dead letters are gone; their outcome stays `dead`.")
    return 0


async def _letters(
    store: Store, customer: str, letter: int | None
) -> Sequence[DeadLetter]:
    every = await store.dead.of(CustomerId(customer))
    found = [one for one in every if letter in (None, one.number)]
    if not found:
        which = "dead letters" if letter is None else f"dead letter {letter}"
        raise InputError(f"{customer} has no {which}: see `firstline dead list`.")
    return found


def _line(letter: DeadLetter) -> str:
    at = letter.at.isoformat(timespec="seconds")
    return "  ".join(
        [
            f"#{letter.number}",
            letter.kind,
            letter.message or "-",
            letter.reason,
            at,
            f"{letter.tries} tries",
        ]
    )
