"""The network: what customers wrote and received, and its moods.

This is the test's own ledger. The engine sees the network only through `Line`, one
for each process, which stops at that process's gate.
"""

from __future__ import annotations

import random
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.message import (
    ChannelName,
    CustomerId,
    Deleted,
    Inbound,
    Malformed,
    Message,
    MessageId,
    Notice,
    Rated,
    Visibility,
)
from bot.model.outgoing import (
    Found,
    NotThere,
    Outgoing,
    Refused,
    SendResult,
    Sent,
)
from tests.faults.simulation.schedule import Schedule

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
        written: what customers wrote to us, in the order of writing, as it was first.
        changes: what they did to it afterwards.
        ratings: what they tapped, with the question that they answered.
        shown: what our account was shown; a cursor is a place in it.
        received: what reached customers, in that order.
        allowances: how much it takes of us, public and private texts together.
    """

    def __init__(self, schedule: Schedule, chance: random.Random) -> None:
        self.written: list[Message] = []
        self.garbled: list[Malformed] = []
        self.changes: list[Notice] = []
        self.ratings: list[tuple[Post, Rated]] = []
        self.shown: list[Inbound] = []
        self.received: list[Post] = []
        self._held: list[tuple[datetime, Inbound]] = []
        self.allowances = schedule.weather.allowances
        self.schedule, self.chance, self.clock = schedule, chance, schedule.clock

    def write(self, message: Message) -> None:
        """A customer writes; we are shown it now, twice, later, and once garbled."""
        self.written.append(message)
        where = message.visibility.value
        self.schedule.record(
            message.customer, f"writes {message.id} ({where}): {message.text}"
        )
        self._show_in_time(message)

    def change(self, notice: Notice) -> None:
        """An author edits or deletes; we may be told before we are shown the message."""
        self.changes.append(notice)
        doing = "deletes" if isinstance(notice, Deleted) else "edits"
        self.schedule.record(notice.customer, f"{doing} {notice.id}")
        self._show_in_time(notice)

    def changes_of(self, message: Message) -> list[Notice]:
        return [one for one in self.changes if one.id == message.id]

    def versions_of(self, message: Message) -> list[str]:
        """Return its texts, the newest last: "" if it was deleted."""
        return [
            message.text,
            *(
                "" if isinstance(c, Deleted) else c.text
                for c in self.changes_of(message)
            ),
        ]

    def question_for(self, customer: CustomerId) -> Post | None:
        """Return a question for a rating that the customer has not answered."""
        answered = [post.id for post, _ in self.ratings]
        asked = [post for post in self.of(customer) if post.outgoing.asks_rating]
        return next((post for post in asked if post.id not in answered), None)

    def rate(self, question: Post, *, stars: int) -> None:
        """A customer taps how well people helped."""
        who, number = question.outgoing.customer, len(self.ratings) + 1
        tapped = Rated(
            channel=CHANNEL,
            id=MessageId(f"s{number}"),
            customer=who,
            stars=stars,
            at=self.clock.now(),
        )
        self.ratings.append((question, tapped))
        self.schedule.record(who, f"rates {question.outgoing.key}: {stars}")
        self._show_in_time(tapped)

    def _show_in_time(self, one: Inbound) -> None:
        if self.chance.random() < self.schedule.weather.late:
            late = timedelta(seconds=self.chance.uniform(0.5, 12))
            self._held.append((self.clock.now() + late, one))
            return
        self._show(one)

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

    def _show(self, message: Inbound) -> None:
        kind = type(message).__name__.lower()
        self.schedule.record("network", f"shows {message.id} ({kind})")
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

    def _answers_what_is_gone(self, outgoing: Outgoing) -> bool:
        public = outgoing.visibility is Visibility.PUBLIC
        gone = {one.id for one in self.changes if isinstance(one, Deleted)}
        return public and outgoing.reply_to in gone

    def _refusal(self, outgoing: Outgoing) -> Refused | None:
        reached = any(_reaches(outgoing, message) for message in self.written)
        if not reached or len(outgoing.text) > limit(outgoing.visibility):
            raise AssertionError(f"no network takes this: {outgoing}")
        if self._answers_what_is_gone(outgoing):
            return Refused("gone", permanent=True)
        if self.chance.random() >= self.schedule.weather.refusal:
            return None
        if self.chance.random() < 0.1:
            return REFUSALS[-1]
        return self.chance.choice(REFUSALS[:-1])


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
