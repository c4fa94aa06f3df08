"""`kill -9` of workers, senders and the store while 5,000 messages come in.

Separate processes on a real server. The judge is the network's own ledger: what
customers wrote, and what they received.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from bot.channels.simulator import SimulatorChannel
from bot.clock import SystemClock
from bot.errors import TemporaryFailure
from bot.flow.outcomes import count_outcomes
from bot.store.events import RedisEvents
from bot.store.outbox import RedisOutbox
from bot.store.statistics import ServerStatistics
from bot.store.turns import RedisTurns
from tests.builders import ROOT
from tests.faults.parts import Part
from tests.waiting import PATIENCE_S, until

LAST_S = 300.0  # for a part of the load, and for what is left at the end

# Each deserves exactly one reply: an answer, or word that a person will help.
TEXTS = (
    "How much is delivery?",
    "How long does delivery take?",
    "Can I return something I bought in a shop?",
    "Do you have gift cards?",
    "How do I reset my password?",
    "My parcel arrived broken and nobody answers my emails",
    "I was charged twice for one order, please sort this out",
)


def simulator(folder: Path) -> SimulatorChannel:
    return SimulatorChannel(
        folder / "simulator.db", brand_handle="fernhollow", clock=SystemClock()
    )


@dataclass(frozen=True)
class Size:
    """How many write, and how much."""

    messages: int
    once: int  # customers who write once; the others come back again and again
    regulars: int
    ahead: int  # messages that wait for a reply at most


KILLS = Size(messages=5_000, once=4_200, regulars=200, ahead=1_500)
RESTARTS = Size(messages=1_500, once=1_260, regulars=60, ahead=300)


class Crowd:
    """Customers who write, and what they have received."""

    def __init__(self, folder: Path, size: Size) -> None:
        self.network, self.size = simulator(folder).network, size
        self._seen, self.written, self.received = 0, 0, 0
        self._rest = self._messages()

    def write(self, count: int) -> None:
        for number, account, text in islice(self._rest, count):
            if number % 2:
                self.network.direct(account, text, id=f"m{number}")
            else:
                self.network.post(account, f"@fernhollow {text}", id=f"m{number}")
            self.written += 1

    def look(self) -> None:
        while (changes := self.network.changes(self._seen)).posts:
            self._seen = changes.latest
            self.received += sum(post.by_brand for post in changes.posts)

    def replies(self) -> dict[str, Counter[str]]:
        """Return what each customer received, and how often."""
        found: dict[str, Counter[str]] = {}
        for entry in self.network.ledger():
            texts = found.setdefault(entry.account, Counter())
            if entry.received:
                texts[f"{entry.in_reply_to} {entry.text}"] += 1
        return found

    def _messages(self) -> Iterator[tuple[int, str, str]]:
        size = self.size
        customers = [f"once{number}" for number in range(size.once)]
        again = range(size.messages - size.once)
        customers += [f"regular{number % size.regulars}" for number in again]
        random.Random(7).shuffle(customers)
        asked: Counter[str] = Counter()  # nobody asks the same twice
        for number, account in enumerate(customers):
            kind = asked[account] if account.startswith("regular") else number
            asked[account] += 1
            yield number, account, TEXTS[kind % len(TEXTS)]


class Place:
    """Everything that runs: a server, a network, and the program's processes."""

    def __init__(self, tmp_path: Path, server, redis, model: Path, size: Size) -> None:
        self._server, self.events = server, RedisEvents(redis)
        self._turns, channel = RedisTurns(redis), simulator(tmp_path)
        self._outbox = RedisOutbox(redis, {channel.name: channel})
        self.folder, self.crowd = tmp_path, Crowd(tmp_path, size)
        (tmp_path / "models").symlink_to(model.parent)
        policy = (ROOT / "data" / "policy.yml").read_text()
        quick = re.sub(r"(?m)^burst: .*$", "burst: 0.2s", policy)
        (tmp_path / "policy.yml").write_text(quick)
        env = {
            **os.environ,
            "FIRSTLINE_REDIS_URL": server.address,
            "FIRSTLINE_VAR": str(tmp_path),
            "FIRSTLINE_POLICY": str(tmp_path / "policy.yml"),
        }
        roles = ("intake", "worker", "worker", "sender", "sender")
        self.parts = [Part(role, env, tmp_path / "log") for role in roles]

    async def kill(self, victim: str, chance: random.Random) -> None:
        if victim == "store":
            os.kill(await self._pid_of_store(), signal.SIGKILL)
        else:
            self.one(victim, chance).kill_and_start()

    async def _pid_of_store(self) -> int:
        """Return the server's process; one that was just killed is waited for."""
        statistics = ServerStatistics(self._server.address)
        end = time.monotonic() + PATIENCE_S
        try:
            while True:
                try:
                    return await statistics.pid()
                except TemporaryFailure:  # noqa: PERF203 - the usual end of a kill
                    assert time.monotonic() < end, self.said()
                    await asyncio.sleep(0.1)
        finally:
            await statistics.close()

    def one(self, role: str, chance: random.Random) -> Part:
        return chance.choice([part for part in self.parts if part.role == role])

    async def until_received(self, count: int) -> None:
        """Let customers write, and wait until they have received so much."""

        def all_have() -> bool:
            self.crowd.look()
            room = self.crowd.size.ahead - (self.crowd.written - self.crowd.received)
            self.crowd.write(max(0, min(room, 100)))
            return self.crowd.received >= count

        await until(all_have, seconds=LAST_S, told=self.said)

    async def until_quiet(self) -> None:
        """Wait until nothing is left to do."""
        self.crowd.write(self.crowd.size.messages)
        await self._pid_of_store()  # the last kill may have been its
        await until(self._quiet, seconds=LAST_S, every_s=0.5, told=self.said)

    async def _quiet(self) -> bool:
        if await self._turns.next_due() or await self._outbox.next_due():
            return False
        outcomes = await count_outcomes(self.events)
        return outcomes.seen == self.crowd.size.messages

    def said(self) -> str:
        return (self.folder / "log").read_text()[-3000:]

    async def stop(self) -> None:
        for part in self.parts:
            await part.until_it_hears()
            part.stop()


@pytest.fixture
async def place(tmp_path, server, redis, model, size):
    made, stop = Place(tmp_path, server, redis, model, size), asyncio.Event()
    watching = asyncio.create_task(server.keep_running(stop, pause_s=0.2))
    yield made
    for part in made.parts:
        part.process.kill()
        part.process.wait()
    stop.set()
    await watching
    made.crowd.network.close()


async def judge(place: Place) -> None:
    replies, size = place.crowd.replies(), place.crowd.size
    assert sum(account.startswith("once") for account in replies) == size.once
    wrong = {
        account: dict(texts)
        for account, texts in replies.items()
        if not texts
        or max(texts.values()) > 1
        or (account.startswith("once") and texts.total() != 1)
    }
    assert not wrong, f"{len(wrong)}: {dict(islice(wrong.items(), 5))}"
    outcomes = await count_outcomes(place.events)
    assert (outcomes.seen, outcomes.adds_up) == (size.messages, True)
    totals = {outcome.value: count for outcome, count in outcomes.totals.items()}
    assert not totals.get("pending")
    assert not totals.get("dead")


@pytest.mark.parametrize("size", [KILLS], ids=[""])
async def test_nothing_is_lost_or_doubled_by_kills(place, size, proof, findings):
    chance = random.Random(11)
    kills = 50 if proof else 5
    victims = ["worker", "sender", "store"]
    victims += chance.choices(victims, k=kills - len(victims))
    points = sorted(chance.uniform(0.05, 0.8) * size.once for _ in victims)
    for point, victim in zip(points, victims, strict=True):
        await place.until_received(int(point))
        await place.kill(victim, chance)
    await place.until_quiet()
    await judge(place)
    killed = ", ".join(f"{n} of {what}" for what, n in Counter(victims).items())
    findings.tell(
        f"{kills} kill -9 ({killed}) among {size.messages:,} messages: nothing lost, "
        "nothing twice."
    )
    await place.stop()


@pytest.mark.parametrize("size", [RESTARTS], ids=[""])
async def test_nothing_is_lost_or_doubled_by_a_rolling_restart(place, size):
    """Each process is stopped in order, and the next one only when it is back."""
    for number, part in enumerate(place.parts):
        await place.until_received((number + 1) * size.once // 8)
        await part.until_it_hears()
        part.stop()
        part.start()
    await place.until_quiet()
    await judge(place)
    await place.stop()
