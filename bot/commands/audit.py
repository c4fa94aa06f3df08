"""`firstline audit`: the invariants, proved from the events."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.clock import SystemClock
from bot.flow.audit import Audit
from bot.flow.audit import audit as prove
from bot.flow.rulebook import LAST_RULES, RULES
from bot.open_store import open_store
from bot.settings import Settings

SHOWN = 20  # offending ids of one rule that are printed; JSON has more
_SENTENCES = {rule.name: rule.proves for rule in RULES} | {
    rule.name: rule.proves for rule in LAST_RULES
}


async def audit(settings: Settings, *, as_json: bool, late_minutes: float) -> int:
    """Read all events and check every rule; 1 if one is broken."""
    progress = Console(stderr=True)
    with progress.status("Reading the events …") as status:
        async with open_store(settings) as store:
            found = await prove(
                store.events,
                now=SystemClock().now(),
                limit=timedelta(minutes=late_minutes),
                progress=lambda shard, count: status.update(
                    f"Reading the events … {count:,} up to {shard}"
                ),
            )
    console = Console()
    if as_json:
        console.print_json(json.dumps(as_data(found)))
    else:
        print_audit(found, console)
    return 0 if found.clean else 1


def as_data(found: Audit) -> dict[str, object]:
    """Return the audit for machines."""
    return {
        "clean": found.clean,
        "counts": dict(found.counts),
        "outcomes": {outcome.value: n for outcome, n in found.outcomes.items()},
        "rules": [
            {
                "rule": name,
                "proves": sentence,
                "checked": found.checked[name],
                "violations": found.violations[name],
                "findings": [
                    {"id": one.id, "customer": one.customer, "event": one.event}
                    for one in found.findings
                    if one.rule == name
                ],
            }
            for name, sentence in _SENTENCES.items()
        ],
        "missing": list(found.missing),
        "late_messages": found.late_messages,
        "late_replies": found.late_replies,
    }


def print_audit(found: Audit, console: Console) -> None:
    """Print what was checked, then the ids that offend."""
    console.print(_rules(found))
    for name in _SENTENCES:
        if found.violations[name]:
            _print_findings(name, found, console)
    for what, ids in (
        ("messages are pending", found.late_messages),
        ("texts are on their way", found.late_replies),
    ):
        if ids:
            console.print(f"[yellow]{len(ids)} {what} for long:[/] {_first(ids)}")
    for shard in found.missing:
        console.print(f"[red]The older events of {shard} are in files elsewhere.[/]")
    counts = found.counts
    console.print(
        f"{counts['events']:,} events of {counts['customers']:,} customers: "
        f"{counts['messages']:,} messages, {counts['replies']:,} texts, "
        f"{counts['cases']:,} cases, {counts['incidents']:,} incidents."
    )
    broken = sum(1 for count in found.violations.values() if count)
    if not counts["events"]:
        console.print("There are no events: nothing was proved.")
    elif found.clean:
        console.print(f"[green]All {len(_SENTENCES)} rules hold.[/]")
    elif broken:
        console.print(f"[bold red]{broken} of {len(_SENTENCES)} rules are broken.[/]")
    else:
        console.print("[bold red]Nothing is proved without all events.[/]")


def _rules(found: Audit) -> Table:
    table = Table(title="What the events prove", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("")
    table.add_column("Rule", no_wrap=True)
    table.add_column("Proves")
    table.add_column("Checked", justify="right")
    table.add_column("Broken by", justify="right")
    for name, sentence in _SENTENCES.items():
        broken = found.violations[name]
        mark = "[red]✗[/]" if broken else "[green]✓[/]"
        count = f"[bold red]{broken:,}[/]" if broken else "-"
        table.add_row(mark, name, sentence, f"{found.checked[name]:,}", count)
    return table


def _print_findings(name: str, found: Audit, console: Console) -> None:
    console.print(f"[bold red]{name}[/]: {_SENTENCES[name]}. Not so for")
    ours = [one for one in found.findings if one.rule == name]
    for one in ours[:SHOWN]:
        where = f"  at event {one.event}" if one.event else ""
        line = escape(f"  {one.id}  of {one.customer}{where}")
        console.print(line, soft_wrap=True, highlight=False)
    rest = found.violations[name] - SHOWN
    if rest > 0:
        console.print(f"  and {rest:,} more: --json names up to 1,000")


def _first(ids: Iterable[str]) -> str:
    some = list(ids)
    more = " …" if len(some) > SHOWN else ""
    return escape(" ".join(some[:SHOWN])) + more
