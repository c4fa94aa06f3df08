"""The whole program between customers and a local Slack, on a clock of the test's."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import Firstline, open_firstline
from bot.clock import ManualClock
from bot.errors import TemporaryFailure
from bot.log import Field
from bot.open_slack import SlackParts
from bot.settings import Settings
from tests.builders import NOON, ROOT
from tests.slack_double import SlackDouble

CHANNELS = ("firstline-care", "firstline-press", "firstline-sales", "firstline-trust")
TEAMS = dict(zip(("care", "press", "marketing", "trust"), CHANNELS, strict=True))
UNDO_S = 12  # long enough for a line to appear in a busy channel
MOST_TICKS = 6_000  # seconds: who needs more at the end hangs


class Day:
    """Time goes on by a second when everybody has done what they do in one."""

    def __init__(self, line: Firstline, slack: SlackDouble, clock: ManualClock) -> None:
        self.line, self.slack, self.clock = line, slack, clock
        self.over = False
        self._ticked = asyncio.Event()
        self._waiting = self._living = 0
        self._all_wait = asyncio.Event()
        self.failed: list[str] = []  # steps that raised what they ought not to

    @property
    def parts(self) -> SlackParts:
        assert self.line.slack is not None
        return self.line.slack

    async def seconds(self, count: int) -> None:
        """Let time pass, as one of those who live through the day."""
        for _ in range(count):
            ticked = self._ticked
            self._waiting += 1
            self._tell()
            await ticked.wait()

    def _tell(self) -> None:
        if self._waiting >= self._living:
            self._all_wait.set()

    async def live(self, *lives: Coroutine[None, None, None]) -> None:
        """Let these live, and the program beside them, until all have ended."""
        tasks = [asyncio.ensure_future(self._life(life)) for life in lives]
        self._living = len(tasks)
        while self._living:
            await asyncio.gather(self._all_wait.wait(), self.work())
            self._tick()
        for task in tasks:
            task.result()

    async def _life(self, life: Coroutine[None, None, None]) -> None:
        try:
            await life
        finally:
            self._living -= 1
            self._tell()

    def _tick(self) -> None:
        self.clock.advance(1)
        ticked, self._ticked = self._ticked, asyncio.Event()
        self._all_wait.clear()
        self._waiting = 0
        ticked.set()

    async def work(self) -> None:
        """Do what all processes do within a second."""
        line, slack = self.line, self.parts
        await line.intake.step()
        while await line.worker.step():
            pass
        while await line.sender.step():
            pass
        steps: list[Callable[[], Awaitable[int]]] = [
            line.timekeeper.step,
            line.errands.step,
            slack.feed.step,
            slack.inward.inbox.step,
            slack.inward.watchdog.step,
            slack.inward.home.step,
            slack.keeper.step,
        ]
        for step in steps:
            try:
                await step()
            except TemporaryFailure:  # noqa: PERF203 - the program's loop goes on, too
                continue

    async def rest(self) -> None:
        """Let everything come to its end."""
        for _ in range(MOST_TICKS):
            await self.work()
            await self.slack.settle()
            await self.parts.inward.inbox.settle()
            self.clock.advance(1)
            if not await self._is_busy():
                return
        dirty = await self.line.store.cards.dirty(limit=5)
        raise AssertionError(f"the day does not end: {dirty}")

    async def _is_busy(self) -> bool:
        store = self.line.store
        texts = await store.turns.next_due(), await store.outbox.next_due()
        return any(texts) or bool(await store.cards.dirty(limit=1))

    def log(self, event: str, /, **fields: Field) -> None:
        if event in ("delivery_failed", "delivery_left", "card_failed", "step_failed"):
            self.failed.append(f"{event} {fields}")


def write_policy(folder: Path) -> Path:
    """Write the project's policy with a channel for each team, and no incidents."""
    text = (ROOT / "data" / "policy.yml").read_text()
    channels = ", ".join(f'{team}: "#{name}"' for team, name in TEAMS.items())
    for pattern, line in (
        (r"(?m)^  channels: .*$", f"  channels: {{{channels}}}"),
        (r"(?m)^  undo: .*$", f"  undo: {UNDO_S}s"),
        (r"(?m)^  cases: 20 .*$", "  cases: 1000"),
    ):
        text, found = re.subn(pattern, line, text)
        assert found == 1, pattern
    path = folder / "policy.yml"
    path.write_text(text)
    return path


@asynccontextmanager
async def open_day(folder: Path, model: Path, *, seed: int) -> AsyncIterator[Day]:
    """Open a workspace and the program, with nobody in it yet."""
    clock = ManualClock(NOON)
    async with SlackDouble(
        now=lambda: clock.now().timestamp(),
        paced=True,
        ack_s=1.0,
        retries_s=(0.0, 0.1),
        seed=seed,
    ) as slack:
        for name in CHANNELS:
            slack.add_channel(name)
        settings = Settings.from_env(
            ROOT,
            {
                "FIRSTLINE_VAR": str(folder),
                "FIRSTLINE_POLICY": str(write_policy(folder)),
                "FIRSTLINE_SLACK_BOT_TOKEN": slack.bot_token,
                "FIRSTLINE_SLACK_APP_TOKEN": slack.app_token,
                "FIRSTLINE_SLACK_API_URL": slack.api_url,
            },
        )
        logged: list[Day] = []

        def log(event: str, /, **fields: Field) -> None:
            for day in logged:
                day.log(event, **fields)

        async with open_firstline(settings, model=model, clock=clock, log=log) as line:
            day = Day(line, slack, clock)
            logged.append(day)
            yield day


def chance_of(seed: int, who: str) -> random.Random:
    """Return the chance of one of them, whatever the others do."""
    return random.Random(f"{seed} {who}")
