"""What a customer's thousandth message costs against their first."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from bot.bench.channel import NAME, BenchChannel
from bot.bench.processes import cpu_s
from bot.bench.role import Parts
from bot.bench.texts import Writer
from bot.clock import ManualClock
from bot.model.message import (
    DIRECT,
    CustomerId,
    Malformed,
    Message,
    MessageId,
    Visibility,
)
from bot.model.outgoing import Outgoing, SendResult, Sent
from bot.open_store import open_store
from bot.policy_file import load_policy
from bot.settings import Settings
from bot.store.statistics import ServerStatistics

CUSTOMERS = 16
WARM_UP = 10  # rounds before anything is measured
QUIET = timedelta(milliseconds=10)
APART = timedelta(seconds=5)  # between two messages of one customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Aging:
    """CPU of the program and its store for each message, in ms."""

    first_ms: float  # first messages of their customers
    last_ms: float  # those after which their customers have written `messages`
    messages: int

    @property
    def ratio(self) -> float:
        return self.last_ms / self.first_ms


class MemoryChannel(BenchChannel):
    """A network in this process, so that only our own work is measured."""

    def __init__(self) -> None:
        super().__init__("")
        self._messages: list[Message] = []
        self.sent = 0

    def write(self, account: str, text: str, *, at: datetime) -> None:
        """Let a customer send a direct message."""
        message = Message(
            channel=NAME,
            id=MessageId(f"m{len(self._messages)}"),
            customer=CustomerId(f"{NAME}:{account}"),
            thread=DIRECT,
            text=text,
            visibility=Visibility.PRIVATE,
            sent_at=at,
            handle=account,
        )
        self._messages.append(message)

    async def messages(
        self, *, after: str | None
    ) -> AsyncIterator[tuple[str, Message | Malformed]]:
        """Yield what was written; see Channel.messages."""
        start = int(after or 0)
        for number, message in enumerate(self._messages[start:], start + 1):
            yield str(number), message

    async def send(self, outgoing: Outgoing) -> SendResult:
        """Take it; see Channel.send."""
        self.sent += 1
        return Sent(MessageId(f"r{self.sent}"), outgoing.queued_at)


class Steps:
    """The program's steps, one after another, under a clock of their own."""

    def __init__(
        self,
        channel: MemoryChannel,
        steps: Sequence[Callable[[], Awaitable[int]]],
        clock: ManualClock,
        writer: Writer,
    ) -> None:
        self._channel, self._steps = channel, steps
        self._clock, self._writer = clock, writer

    async def round(self, accounts: Sequence[str]) -> None:
        """Let each account ask something, and deal with all of it."""
        for account in accounts:
            text = self._writer.question()
            self._channel.write(account, text, at=self._clock.now())
        for step in self._steps:
            while await step():
                pass
            self._clock.advance(QUIET.total_seconds())
        self._clock.advance(APART.total_seconds())

    async def rounds(self, count: int, name: Callable[[int, int], str]) -> None:
        """Make `count` rounds; `name(round, place)` says who writes."""
        for number in range(count):
            await self.round([name(number, place) for place in range(CUSTOMERS)])


async def measure_aging(
    settings: Settings,
    folder: Path,
    model: Path,
    writer: Writer,
    *,
    messages: int,
    edge: int,
) -> Aging:
    """Let some customers write `messages` each, in a store of their own in `folder`."""
    own = replace(settings, var=folder, redis_url=None)
    policy = replace(load_policy(settings.policy), burst=QUIET)
    clock = ManualClock(datetime.now(timezone.utc))
    channel = MemoryChannel()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(
            open_store(own, channels={channel.name: channel})
        )
        parts = Parts(store, channel, policy, own, clock)
        steps = [
            parts.steps(r, model, stack)[0][1] for r in ("intake", "worker", "sender")
        ]
        course = Steps(channel, steps, clock, writer)
        cost = await _cost(store.server.address if store.server else "", stack)
        await course.rounds(WARM_UP, lambda at, place: f"warm{at}-{place}")
        before = cost()
        await course.rounds(edge, lambda at, place: f"new{at}-{place}")
        first = cost() - before
        await course.rounds(messages - edge, lambda _, place: f"old{place}")
        before = cost()
        await course.rounds(edge, lambda _, place: f"old{place}")
        last = cost() - before
    each = 1000 / (edge * CUSTOMERS)
    return Aging(first_ms=first * each, last_ms=last * each, messages=messages)


async def _cost(address: str, stack: AsyncExitStack) -> Callable[[], float]:
    """Return what tells the CPU seconds that this process and its store have used."""
    statistics = ServerStatistics(address)
    stack.push_async_callback(statistics.close)
    server = await statistics.pid()
    return lambda: time.process_time() + cpu_s(server)
