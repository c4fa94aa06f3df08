"""`firstline trace ID`: one message's whole way, with times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.errors import InputError
from bot.flow.trace import Trace
from bot.flow.trace import trace as follow
from bot.model.event import EventType
from bot.open_store import open_store
from bot.settings import Settings


async def trace(settings: Settings, id_: str, *, text: bool) -> int:
    """Print the way of a message, a text, a case or a customer.

    Raises:
        InputError: no event names it.
    """
    if not id_.strip():
        raise InputError("trace needs an ID: see `firstline trace --help`.")
    with Console(stderr=True).status("Looking …") as status:
        async with open_store(settings) as store:
            found = await follow(
                store.events,
                id_,
                progress=lambda shard: status.update(f"Looking through {shard} …"),
            )
            if found is None:
                raise InputError(
                    f"No event names {id_}. It may be the id of a message, the key of "
                    "a text, a case (C-1042) or a customer (simulator:alice)."
                )
            words: dict[str, str] = {}
            if text:
                records = await store.cases.records(found.customer)
                words = {record.id: record.text for record in records}
    print_trace(found, Console(), words=words)
    return 0


def print_trace(found: Trace, console: Console, *, words: Mapping[str, str]) -> None:
    """Print a line for each step; below it what was written, if `words` has it."""
    title = escape(f"{found.kind.value} {found.id} of {found.customer}")
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("When (UTC)", no_wrap=True)
    table.add_column("After", justify="right", no_wrap=True)
    table.add_column("What")
    for step in found.steps:
        when = step.event.at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        said = escape(step.says)
        facts = step.event.facts
        if step.event.type is EventType.MESSAGE_ACCEPTED:
            said += _quoted(words.get(facts.get("message", "")))
        elif step.event.type is EventType.REPLY_QUEUED:
            said += _quoted(words.get(facts.get("key", "")))
        table.add_row(when, _length(step.took), said)
    console.print(table)
    if found.steps:
        whole = found.steps[-1].event.at - found.steps[0].event.at
        console.print(f"{len(found.steps)} steps in {_length(whole) or '0 ms'}.")


def _quoted(text: str | None) -> str:
    """Return a customer's words so that they can do nothing to a terminal."""
    if text is None:
        return ""
    safe = "".join(c if c.isprintable() else " " for c in text)
    return f"\n[dim]“{escape(safe)}”[/]"


def _length(took: timedelta | None) -> str:
    if took is None:
        return ""
    seconds = took.total_seconds()
    if abs(seconds) < 1:
        return f"{seconds * 1000:.0f} ms"
    if abs(seconds) < 120:
        return f"{seconds:.1f} s"
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min"
