"""The learner is killed before and after each of its store commands, on a real server.

Whoever takes over ends with the queue that a learner ends with whom nobody killed: each
message once, nothing that a trainer closed, and nothing personal, at no instant.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.clock import ManualClock
from bot.flow.duty import LENGTH
from bot.flow.learner import READER, TIDY_EVERY, Learner
from bot.model.case import AgentId
from bot.model.review import ReviewId, ReviewItem
from bot.store import keys
from bot.store.cases import RedisCases
from bot.store.duties import RedisDuties
from bot.store.events import RedisEvents
from bot.store.generation import Generation
from bot.store.reviews import RedisReviews
from bot.store.server import connect
from tests.builders import POLICY
from tests.faults.simulation.schedule import Fate
from tests.faults.simulation.wire import GatedRedis, Wire
from tests.first_line import FirstLine, on_simulator
from tests.integration.learning import UNSURE, case_of, learn, say

ANN = AgentId("ann")
SHARDS = keys.SHARDS[:2]  # fewer commands, and customers who share a shard
SECRETS = ("4242 4242", "nell@mail.example", "07700 900123", "Wolkenschaf")
SECRET = (
    "my card is 4242 4242 4242 4242, nell@mail.example, 07700 900123, I'm Wolkenschaf"
)
SMALL = replace(POLICY, learning=replace(POLICY.learning, queue=3))


class KillingGate:
    """Lets a process go on until its command number `at`, and never after that."""

    def __init__(self, at: int = 0, fate: Fate = Fate.GOES_ON) -> None:
        self._at, self._fate = at, fate
        self.steps: list[str] = []
        self.dead = asyncio.Event()

    async def store(self, doing: str) -> Fate:
        if self.dead.is_set():
            await self.die()
        self.steps.append(doing)
        if len(self.steps) != self._at:
            return Fate.GOES_ON
        if self._fate is Fate.DIES_BEFORE:
            await self.die()
        return self._fate

    async def die(self) -> None:
        self.dead.set()
        await asyncio.get_running_loop().create_future()

    def note(self, what: str) -> None:
        """Nothing is traced."""


class Days:
    """What happened before the learner looks, brought back for each of its deaths."""

    def __init__(self, line: FirstLine, wire: Wire) -> None:
        self.line, self.wire = line, wire
        self.closed: ReviewItem | None = None
        self.now = line.clock.now()

    async def happen(self) -> None:
        """Fill the queue, close one of it, and give a learner all kinds of work."""
        line = self.line
        await say(line, f"{UNSURE} {SECRET}", who="nell")
        edited = await say(line, "refund_status 0.3 money back for the lamp", who="bob")
        deleted = await say(line, "do you rent out hedgehogs", who="carol")
        items = await learn(line)
        (mine,) = [one for one in items if one.customer.endswith("nell")]
        (self.closed,) = await line.queue.dismiss([mine.id], by="tess")
        await line.relay.correct(
            (await case_of(line, "nell")).id, ANN, "stock_question"
        )
        line.channel.network.edit(edited, f"refund_status 0.3 other words, {SECRET}")
        line.channel.network.delete(deleted)
        for number, subject in enumerate(("copper kettles", "garden gnomes", "ropes")):
            text = f"order_status 0.{number + 1} {subject} perhaps {SECRET}"
            await say(line, text, who=f"c{number}")
        line.clock.advance(max(TIDY_EVERY, LENGTH).total_seconds() + 1)
        self.now = line.clock.now()
        self.wire.call("SELECT", 1)
        self.wire.call("FLUSHDB")
        self.wire.call("SELECT", 0)
        self.wire.copy()

    def bring_back(self) -> None:
        self.wire.call("FLUSHDB")
        self.wire.call("SELECT", 1)
        for key in self.wire.call("KEYS", "*"):
            self.wire.call("COPY", key, key, "DB", 0)
        self.wire.call("SELECT", 0)

    def learner(self, gate: KillingGate, *, later_s: float = 0) -> Learner:
        """Return the learner of another process, which passes through `gate`."""
        clock = ManualClock(self.now)
        clock.advance(later_s)
        generation = Generation(clock=clock, log=self.line.log)
        redis = GatedRedis(self.wire, gate, lambda _, script: script, generation)
        return Learner(
            events=RedisEvents(redis),
            reviews=RedisReviews(redis),
            cases=RedisCases(redis),
            answers=self.line.answers,
            channels=self.line.channels,
            duties=RedisDuties(redis),
            policy=SMALL,
            clock=clock,
            log=self.line.log,
        )

    async def queue(self) -> list[ReviewItem]:
        """Return all that is in the queue, and see that it may be there."""
        ids = await self.line.reviews.listed()
        found = [
            item
            for customer in {self._customer(id_) for id_ in ids}
            for item in await self.line.reviews.of_customer(customer)
        ]
        messages = Counter(
            message for item in found for message in (item.message, *item.burst)
        )
        assert not [message for message, count in messages.items() if count > 1]
        assert {item.id for item in found} <= set(ids)
        kept = self._kept()
        assert not [secret for secret in SECRETS if secret in kept]
        assert self.closed in found
        return sorted(found, key=lambda item: item.id)

    def _customer(self, id_: ReviewId) -> str:
        return self.wire.call("HGET", keys.of_review(id_), "customer")

    def _kept(self) -> str:
        names = self.wire.call("KEYS", "{s??}review:*")
        return "\n".join(str(self.wire.call("HGETALL", name)) for name in names)


async def run(learner: Learner, gate: KillingGate) -> None:
    """Let it learn until there is nothing left to learn, or until it is dead."""

    async def to_the_end() -> None:
        while await learner.step():
            pass

    others = asyncio.all_tasks()
    living = asyncio.create_task(to_the_end())
    dying = asyncio.create_task(gate.dead.wait())
    await asyncio.wait({living, dying}, return_when=asyncio.FIRST_COMPLETED)
    theirs = asyncio.all_tasks() - others
    for task in theirs:
        task.cancel()
    await asyncio.gather(*theirs, return_exceptions=True)
    if not gate.dead.is_set():
        await living


@pytest.fixture
def one_thread(monkeypatch) -> None:
    """Let a learner do the same in the same order each time."""

    async def here(call: Callable[..., object], *args: object, **named: object):
        return call(*args, **named)

    monkeypatch.setattr(asyncio, "to_thread", here)
    monkeypatch.setattr(keys, "SHARDS", SHARDS)
    keys.shard_of.cache_clear()


async def test_whenever_it_dies_the_next_one_ends_where_it_would_have(
    wire, tmp_path, one_thread, findings
):
    wire.begin()
    redis = connect(f"unix://{wire.path}")
    days = Days(on_simulator(redis, tmp_path), wire)
    await days.happen()
    calm = KillingGate()
    await run(days.learner(calm), calm)
    expected = _without_times(await days.queue())
    bookmark = await days.line.events.bookmark(READER)
    assert {step.split()[0] for step in calm.steps} >= {"add_review", "drop_review"}
    deaths = Counter[Fate]()
    for at in range(1, len(calm.steps) + 1):
        for fate in (Fate.DIES_BEFORE, Fate.DIES_AFTER):
            days.bring_back()
            gate = KillingGate(at, fate)
            await run(days.learner(gate), gate)
            deaths[fate] += gate.dead.is_set()
            await days.queue()
            heir = KillingGate()
            later_s = LENGTH.total_seconds() + 1
            await run(days.learner(heir, later_s=later_s), heir)
            where = (at, fate, calm.steps[at - 1])
            assert _without_times(await days.queue()) == expected, where
            assert await days.line.events.bookmark(READER) == bookmark, where
    assert set(deaths.values()) == {len(calm.steps)}
    assert {event for event, _ in days.line.logged} == {"reviews_dropped"}
    await redis.close()
    findings.tell(
        f"{sum(deaths.values())} deaths of a learner left the review queue as it should be."
    )


def _without_times(items: list[ReviewItem]) -> list[ReviewItem]:
    """Whoever adds an item later says so."""
    return [replace(item, added_at=item.sent_at) for item in items]
