"""Half an hour of steady load while things go wrong: nothing grows that should not.

The real program by roles on a real store; customers, agents and a network with
faults. `make proof` lets it run for 30 minutes, `make test` for half a minute, and
`pytest tests/faults/test_soak.py --soak 5` for five minutes.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from contextlib import AsyncExitStack
from math import inf
from pathlib import Path

import pytest

from bot.app import open_program
from bot.clock import SystemClock
from bot.errors import TemporaryFailure
from bot.flow.audit import audit
from bot.settings import Settings
from bot.store import keys
from bot.store.archive import Keep
from bot.store.statistics import ServerStatistics
from tests.builders import ROOT
from tests.faults.parts import Part
from tests.faults.soak.agents import Agents
from tests.faults.soak.crowd import Crowd
from tests.faults.soak.judge import problems_of, read_story
from tests.faults.soak.memory import Scale, unexplained, weigh_store
from tests.faults.soak.report import Report
from tests.faults.soak.trouble import Trouble
from tests.waiting import until

ROLES = ("worker", "worker", "sender", "sender", "intake", "desk")
PROOF_MINUTES, SHORT_MINUTES = 30.0, 0.4
RATE = 40.0  # messages a second, in proof
SHORT_RATE = 20.0
LAST_S = 300.0  # for what is left to do at the end
SEED = 5

# A process may grow by so much in the second half, whatever its length: in half an
# hour that is 0.4 MB a minute, in a short run it is what the caches still take.
GROWTH_MB = 6.0


class Soak:
    """Everything that runs, and what is measured of it."""

    def __init__(self, folder: Path, server, redis, model: Path, minutes: float):
        self.folder, self._server, self.redis = folder, server, redis
        self.length_s = minutes * 60
        self.end_s = inf  # known when the second half begins: a busy machine is late
        self.warm_s = self.length_s / 3  # from then on somebody of each role lives
        (folder / "models").symlink_to(model.parent)
        policy = (ROOT / "data" / "policy.yml").read_text()
        quick = re.sub(r"(?m)^burst: .*$", "burst: 0.5s", policy)
        (folder / "policy.yml").write_text(quick)
        self.env = {
            "FIRSTLINE_REDIS_URL": server.address,
            "FIRSTLINE_VAR": str(folder),
            "FIRSTLINE_POLICY": str(folder / "policy.yml"),
        }
        env = {**os.environ, **self.env}
        self.parts = [Part(role, env, folder / "log") for role in ROLES]

    async def open(self, stack: AsyncExitStack, rate: float) -> None:
        settings = Settings.from_env(ROOT, self.env)
        self.program = await stack.enter_async_context(open_program(settings))
        self._statistics = ServerStatistics(self._server.address)
        stack.push_async_callback(self._statistics.close)
        self.crowd = Crowd(self.program, rate=rate, seed=SEED)
        self.agents = Agents(self.program, seed=SEED)
        faults = self.program.simulator.network.faults
        self.trouble = Trouble(self.parts, faults, self._statistics, seed=SEED)
        self.scale = Scale(self.parts)

    async def warm_up(self) -> None:
        """Wait until the first message is answered."""
        network = self.program.simulator.network
        self.crowd.write_one()
        await until(
            lambda: any(entry.received for entry in network.ledger()), told=self.said
        )

    async def run(self) -> None:
        """Load, agents, trouble and measurements, all at the same time."""
        self._start = time.monotonic()
        await asyncio.gather(
            self._again_and_again(0.1, lambda: self.crowd.write(self.at_s)),
            self._again_and_again(0.5, self.agents.step),
            self._again_and_again(min(15.0, self.length_s / 60), self._weigh),
            self._make_trouble(),
        )

    @property
    def at_s(self) -> float:
        return time.monotonic() - self._start

    async def _again_and_again(self, pause_s: float, step) -> None:
        while self.at_s < self.end_s:
            await step()
            await asyncio.sleep(pause_s)

    async def _weigh(self) -> None:
        self.scale.weigh(self.at_s)

    async def _make_trouble(self) -> None:
        pause_s = min(10.0, self.length_s / 16)
        while self.at_s < self.length_s / 2:
            await asyncio.sleep(pause_s)
            await self.trouble.make(calm=self.at_s > self.warm_s)
        await self._weigh_store()
        self.end_s = self.half_at_s + self.length_s / 2
        await self._again_and_again(pause_s, lambda: self.trouble.make(calm=True))

    async def _weigh_store(self) -> None:
        await until(self._store_answers, told=self.said)
        self.half, self.half_at_s = await weigh_store(self.redis), self.at_s

    async def _store_answers(self) -> bool:
        try:
            return bool(await self._statistics.memory())
        except TemporaryFailure:
            return False

    async def until_quiet(self) -> None:
        """Wait until nothing is left to do."""
        self.trouble.clear()
        await until(self._quiet, seconds=LAST_S, every_s=0.5, told=self.said)

    async def _quiet(self) -> bool:
        store = self.program.store
        try:
            if await store.turns.next_due() or await store.outbox.next_due():
                return False
            story = await read_story(store.events)
        except TemporaryFailure:
            return False
        return len(story.outcomes) >= len(self.crowd.written)

    def said(self) -> str:
        return (self.folder / "log").read_text()[-3000:]

    def stop(self) -> None:
        for part in self.parts:
            part.stop()


@pytest.fixture
def minutes(request, proof) -> float:
    chosen = request.config.getoption("--soak")
    return chosen or (PROOF_MINUTES if proof else SHORT_MINUTES)


@pytest.fixture
async def soak(tmp_path, server, redis, model, minutes):
    made, stop = Soak(tmp_path, server, redis, model, minutes), asyncio.Event()
    watching = asyncio.create_task(server.keep_running(stop, pause_s=0.2))
    async with AsyncExitStack() as stack:
        await made.open(stack, RATE if minutes > 1 else SHORT_RATE)
        yield made
        for part in made.parts:
            part.process.kill()
            part.process.wait()
        stop.set()
        await watching


async def audited(soak: Soak) -> tuple[int, str]:
    """Run the command itself, as an operator does."""
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "audit"),
        cwd=ROOT,
        env={**os.environ, **soak.env},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await command.communicate()
    assert command.returncode is not None
    return command.returncode, out.decode()


async def lengths(redis) -> list[int]:
    """Return how many events each stream holds."""
    return [await redis.xlen(keys.in_shard(shard, "events")) for shard in keys.SHARDS]


async def test_nothing_grows_nothing_is_lost_and_nothing_is_said_twice(soak, findings):
    await soak.warm_up()
    await soak.run()
    await soak.until_quiet()
    story = await read_story(soak.program.store.events)
    slopes = soak.scale.slopes(soak.half_at_s, warm_s=soak.warm_s)
    end = await weigh_store(soak.redis)
    files = sum(1 for _ in (soak.folder / "events").rglob("*.jsonl"))
    report = Report(
        minutes=soak.end_s / 60,
        messages=len(soak.crowd.written),
        customers=len(soak.crowd.customers),
        paused=soak.crowd.paused,
        made=soak.trouble.made,
        acts=soak.agents.acts,
        story=story,
        slopes=slopes,
        half=soak.half,
        end=end,
        event_files=files,
    )
    findings.tell(report.text())

    ledger = soak.program.simulator.network.ledger()
    promised = soak.agents.promised
    assert not problems_of(soak.crowd.written, ledger, story, promised)
    found = await audit(soak.program.store.events, now=SystemClock().now())
    assert found.clean, found.violations
    code, printed = await audited(soak)
    assert code == 0, printed

    assert {slope.role for slope in slopes} == set(ROLES)
    half_minutes = (soak.end_s - soak.half_at_s) / 60
    grown = [s for s in slopes if s.mb_a_minute * half_minutes > GROWTH_MB]
    assert not grown
    in_streams = await lengths(soak.redis)
    assert unexplained(end, events=sum(in_streams)) == []
    assert max(in_streams) <= Keep().at_most + story.count / len(keys.SHARDS) / 2
    if story.count > 1.5 * Keep().at_most * len(keys.SHARDS):
        assert files, "old events were not moved"
