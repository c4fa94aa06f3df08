"""The network: what customers wrote and received, and its moods.

This is the test's own ledger. The engine sees the network only through `Line`, one
for each process, which stops at that process's gate.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import TemporaryFailure
from bot.model.allowance import Allowance
from bot.model.attachment import AttachmentKind
from bot.model.message import (
    ChannelName,
    CustomerId,
    Malformed,
    Message,
    MessageId,
    Visibility,
)
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import (
    CannotTell,
    Found,
    NotThere,
    Outgoing,
    Refused,
    SendResult,
    Sent,
    Unknown,
    Unreachable,
)
from tests.faults.simulation.schedule import Fate, Gate, Schedule

CHANNEL = ChannelName("net")
REFUSALS = (
    Refused("rate_limited", permanent=False),
    Refused("unreachable", permanent=False),
    Refused("busy", permanent=False),
    Refused("blocked_us", permanent=True),
)


@dataclass(frozen=True)
class Post:
    """A text that reached its customer. `step` is its place in the trace."""

    id: MessageId
    step: int
    at: datetime
    outgoing: Outgoing


class Network:
    """A social network that keeps its own books.

    Attributes:
        written: what customers wrote to us, in the order of writing.
        shown: what our account was shown; a cursor is a place in it.
        received: what reached customers, in that order.
        allowances: how much it takes of us, public and private texts together.
    """

    def __init__(self, schedule: Schedule, chance: random.Random) -> None:
        self.written: list[Message] = []
        self.garbled: list[Malformed] = []
        self.shown: list[Message | Malformed] = []
        self.received: list[Post] = []
        self._held: list[tuple[datetime, Message]] = []
        self.allowances = schedule.weather.allowances
        self.schedule, self.chance, self.clock = schedule, chance, schedule.clock

    def write(self, message: Message) -> None:
        """A customer writes; we are shown it now, twice, later, and once garbled."""
        self.written.append(message)
        where = message.visibility.value
        self.schedule.record(
            message.customer, f"writes {message.id} ({where}): {message.text}"
        )
        weather = self.schedule.weather
        if self.chance.random() < weather.late:
            late = timedelta(seconds=self.chance.uniform(0.5, 12))
            self._held.append((self.clock.now() + late, message))
            return
        self._show(message)

    def garble(self, number: int) -> None:
        """Something comes in that cannot be decoded."""
        broken = Malformed(
            channel=CHANNEL, id=MessageId(f"g{number}"), problem="cut off", raw="{"
        )
        self.garbled.append(broken)
        self.shown.append(broken)

    @property
    def holds_back(self) -> datetime | None:
        """When the last message that is on its way to us is shown."""
        return max((until for until, _ in self._held), default=None)

    def show_what_is_due(self) -> None:
        now = self.clock.now()
        for until, message in list(self._held):
            if until <= now:
                self._held.remove((until, message))
                self._show(message)

    def _show(self, message: Message) -> None:
        self.schedule.record("network", f"shows {message.id}")
        self.shown.append(message)
        if self.chance.random() < self.schedule.weather.twice:
            place = self.chance.randint(len(self.shown) // 2, len(self.shown))
            later = self.chance.random() < 0.5
            self.shown.append(message if later else self.shown[place - 1])

    def take(self, outgoing: Outgoing) -> SendResult:
        """Post a text, unless the network declines."""
        refused = self._refusal(outgoing)
        if refused is not None:
            return refused
        number, step = len(self.received) + 1, len(self.schedule.trace)
        post = Post(MessageId(f"r{number}"), step, self.clock.now(), outgoing)
        self.received.append(post)
        return Sent(post.id, post.at)

    def look(
        self, outgoing: Outgoing, *, known: Set[MessageId], any_words: bool
    ) -> Found:
        """Look for a text as networks do, which know no keys of ours."""
        since = outgoing.caused_at or outgoing.queued_at
        for post in self.received:
            if post.id in known or post.at < since:
                continue
            if _same(post.outgoing, outgoing, any_words=any_words):
                return Sent(post.id, post.at)
        return NotThere()

    def of(self, customer: CustomerId) -> list[Post]:
        return [post for post in self.received if post.outgoing.customer == customer]

    def _refusal(self, outgoing: Outgoing) -> Refused | None:
        reached = any(_reaches(outgoing, message) for message in self.written)
        if not reached or len(outgoing.text) > limit(outgoing.visibility):
            raise AssertionError(f"no network takes this: {outgoing}")
        if self.chance.random() >= self.schedule.weather.refusal:
            return None
        if self.chance.random() < 0.1:
            return REFUSALS[-1]
        return self.chance.choice(REFUSALS[:-1])


class Line:
    """A Channel as one process has it."""

    name = CHANNEL

    def __init__(self, network: Network, gate: Gate) -> None:
        self._network, self._gate = network, gate

    async def messages(
        self, *, after: str | None
    ) -> AsyncIterator[tuple[str, Message | Malformed]]:
        fate = await self._gate.call("read the channel")
        if fate in (Fate.LOST_BEFORE, Fate.LOST_AFTER):
            raise TemporaryFailure("simulated: the network cannot be read")
        if fate is Fate.DIES_AFTER:
            await self._gate.die()
        self._network.show_what_is_due()
        shown = self._network.shown
        for number in range(int(after or 0), len(shown)):
            yield str(number + 1), shown[number]

    async def send(self, outgoing: Outgoing) -> SendResult:
        fate = await self._gate.call(f"send {outgoing.key}")
        if fate is Fate.LOST_BEFORE:
            return Unknown()
        result = self._network.take(outgoing)
        self._gate.note(type(result).__name__)
        if fate is Fate.DIES_AFTER:
            await self._gate.die()
        return Unknown() if fate is Fate.LOST_AFTER else result

    async def find_sent(
        self,
        outgoing: Outgoing,
        *,
        known: Set[MessageId] = frozenset(),
        any_words: bool = False,
    ) -> Found:
        fate = await self._gate.call(f"look for {outgoing.key}")
        if fate is Fate.LOST_BEFORE:
            return Unreachable()
        if fate is Fate.LOST_AFTER:
            return CannotTell()
        if fate is Fate.DIES_AFTER:
            await self._gate.die()
        found = self._network.look(outgoing, known=known, any_words=any_words)
        self._gate.note(type(found).__name__)
        return found

    @property
    def rules(self) -> NetworkRules:
        return NetworkRules()

    def allowances(self, visibility: Visibility) -> tuple[Allowance, ...]:
        return self._network.allowances

    def takes_files(self, visibility: Visibility) -> frozenset[AttachmentKind]:
        return frozenset()

    def can_ask_rating(self, visibility: Visibility) -> bool:
        return False

    def length(self, text: str) -> int:
        return len(text)

    def limit(self, visibility: Visibility) -> int:
        return limit(visibility)


def limit(visibility: Visibility) -> int:
    return 280 if visibility is Visibility.PUBLIC else 10_000


def _same(one: Outgoing, other: Outgoing, *, any_words: bool) -> bool:
    there = (one.customer, one.visibility) == (other.customer, other.visibility)
    if any_words:
        return there and one.thread == other.thread
    private = one.visibility is Visibility.PRIVATE
    said = one.text == other.text
    return there and said and (private or one.reply_to == other.reply_to)


def _reaches(outgoing: Outgoing, message: Message) -> bool:
    if outgoing.visibility is Visibility.PRIVATE:
        return message.customer == outgoing.customer
    return message.id == outgoing.reply_to
