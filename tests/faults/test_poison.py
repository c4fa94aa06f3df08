"""A text that kills whoever reads it: it ends as a dead letter, its neighbours do not.

The worker is a real process, and dies of a real signal. Its clock is the test's, so
that no lease has to be waited for.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from bot.flow.outcomes import count_outcomes
from bot.model.event import EventType, Outcome
from bot.store.dead import RedisDeadLetters
from tests.builders import NOON, ROOT
from tests.first_line import FirstLine, on_simulator

STANDARD = "faq/delivery_cost 0.9"
NEIGHBOURS = 30
WORKER = """
import asyncio, os, signal, sys
from datetime import datetime
from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock
from bot.store.server import connect
from tests.builders import POLICY
from tests.first_line import FirstLine
from tests.first_line import on_simulator, on_fake

async def main(address, file, now):
    clock = ManualClock(datetime.fromisoformat(now))
    channel = SimulatorChannel(file, brand_handle=POLICY.handle, clock=clock)
    redis = connect(address)
    line = FirstLine(redis, channel, clock)
    one = line.readings._one
    def read(text):
        if "poison" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return one(text)
    line.readings._one = read
    while await line.worker.step():
        pass
    await redis.close()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return on_simulator(redis, tmp_path)


def work(address: str, file, now: datetime) -> int:
    """Let a worker process do everything that is due at `now`; return how it ended."""
    command = [sys.executable, "-c", WORKER, address, str(file), now.isoformat()]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


async def test_of_a_batch_that_kills_its_worker_only_the_poison_is_buried(
    line, server, redis, tmp_path
):
    network = line.channel.network
    network.direct("eve", "poison")
    for number in range(NEIGHBOURS):
        network.direct(f"n{number}", STANDARD)
    await line.intake.step()
    line.clock.advance(20)
    killed = 0
    while (due := await line.turns.next_due()) is not None:
        line.clock.set(due)
        end = work(server.address, tmp_path / "net.db", line.clock.now())
        killed += end == -signal.SIGKILL
    assert killed == 6  # once with the whole batch, five times alone
    outcomes = await count_outcomes(line.events)
    assert (outcomes.totals[Outcome.DEAD], outcomes.adds_up) == (1, True)
    assert outcomes.totals[Outcome.ANSWERED] == NEIGHBOURS
    (letters,) = await RedisDeadLetters(redis).every()
    assert (letters.customer, letters.count) == ("simulator:eve", 1)


async def test_the_neighbours_wait_for_one_lease_not_for_the_burial(
    line, server, tmp_path
):
    network = line.channel.network
    network.direct("eve", "poison")
    for number in range(NEIGHBOURS):
        network.direct(f"n{number}", STANDARD)
    await line.intake.step()
    line.clock.advance(20)
    file, handled = tmp_path / "net.db", 0
    for _ in range(5):
        assert work(server.address, file, line.clock.now()) == -signal.SIGKILL
        line.clock.advance(31)
        events = (await line.events.since({}))[0]
        handled = sum(event.type is EventType.MESSAGE_HANDLED for event in events)
        if handled == NEIGHBOURS:
            break
    assert handled == NEIGHBOURS
    waited = line.clock.now() - NOON
    assert waited < timedelta(minutes=3)
