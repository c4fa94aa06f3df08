"""`firstline replay`: recorded messages through everything, then the tables."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bot.clock import ManualClock
from bot.commands.outcomes import print_outcomes
from bot.commands.train import current_model
from bot.errors import InputError
from bot.flow.outcomes import outcomes_of
from bot.log import Field, json_log
from bot.policy_file import load_policy
from bot.program import Firstline
from bot.replay.driver import Driver
from bot.replay.networks import Network, open_on_simulator, open_on_x
from bot.replay.reading import Recorded, Unreadable, read_recording
from bot.replay.report import report
from bot.replay.through import Through
from bot.replay.verdict import Verdict, judge
from bot.settings import Settings


def parse_rate(written: str) -> float | None:
    """Return messages a second; None for "max".

    Raises:
        InputError: it is neither "max" nor a positive number.
    """
    if written == "max":
        return None
    try:
        rate = float(written)
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        raise InputError(f"--rate takes a positive number or max, not {written}")
    return rate


async def replay(
    settings: Settings,
    file: Path,
    *,
    out: Path | None,
    rate: float | None,
    fresh: bool,
    through: Through = Through.SIMULATOR,
) -> int:
    """Replay `file` in a store of its own; print the tables, write `out`.

    A local X forgets all when it ends: a replay through it always starts over.

    Returns 1 if the table does not add up or a public reply breaks a rule.
    """
    rows = read_recording(file)
    if out is not None:
        _check_writable(out)
    model = current_model(settings)
    folder = settings.var / "replay" / f"{_name(file)}{through.suffix}"
    finished = folder / "finished"
    if fresh or through is Through.X or finished.exists():
        shutil.rmtree(folder, ignore_errors=True)
    clock = ManualClock(_start(rows))
    console = Console(stderr=True)
    opening = _opened(
        replace(settings, redis_url=None),
        through,
        model=model,
        folder=folder,
        clock=clock,
    )
    async with opening as (firstline, network):
        driver = Driver(firstline, clock, network)
        with Progress(console=console) as bar:
            task = bar.add_task("replaying", total=len(rows))
            await driver.drive(rows, rate=rate, progress=lambda: bar.advance(task))
        code = print_outcomes(outcomes_of(driver.events), Console())
        code |= _print_verdict(
            judge(network.ledger(), channel=network.channel, policy=firstline.policy)
        )
        if out is not None:
            _write(
                out,
                _named_as_recorded(
                    await report(
                        driver.events, firstline.store.cases, driver.latency_ms
                    ),
                    network,
                ),
            )
    finished.touch()
    return code


def _opened(
    settings: Settings,
    through: Through,
    *,
    model: Path,
    folder: Path,
    clock: ManualClock,
) -> AbstractAsyncContextManager[tuple[Firstline, Network]]:
    if through is Through.SIMULATOR:
        return open_on_simulator(
            settings, model=model, folder=folder, clock=clock, log=_replay_log
        )
    return open_on_x(
        settings,
        handle=load_policy(settings.policy).handle,
        model=model,
        folder=folder,
        clock=clock,
        log=_replay_log,
    )


def _named_as_recorded(
    rows: Iterable[dict[str, object]], network: Network
) -> list[dict[str, object]]:
    return [{**row, "id": network.recorded(str(row["id"]))} for row in rows]


def _replay_log(event: str, /, **fields: Field) -> None:
    """Log as ever, but not the timers: of weeks in seconds, they would bury all else."""
    if event != "timer_rang":
        json_log(event, **fields)


def _print_verdict(verdict: Verdict) -> int:
    console = Console()
    console.print(
        f"By the network's ledger: {verdict.public} public replies, the longest "
        f"{verdict.longest} of {verdict.limit} characters, {verdict.private} direct "
        f"messages; {len(verdict.broken)} that break a rule of public texts."
    )
    for line in verdict.broken:
        console.print(f"[bold red]{line}[/]")
    return 1 if verdict.broken else 0


def _name(file: Path) -> str:
    """Name the replay's folder by the file's content: a changed file starts afresh."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _start(rows: Sequence[Recorded | Unreadable]) -> datetime:
    times = (row.at for row in rows if isinstance(row, Recorded))
    return min(times, default=datetime(2000, 1, 1, tzinfo=timezone.utc))


def _check_writable(out: Path) -> None:
    """Open `out` before the work, not after it.

    Raises:
        InputError: it cannot be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.open("a").close()
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}.") from error


def _write(out: Path, rows: Sequence[dict[str, object]]) -> None:
    with out.open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
