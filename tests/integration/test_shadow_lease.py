"""Who reads beside the live model says so again and again; who is killed does not."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE
from datetime import timedelta

import pytest

from bot.clock import ManualClock, SystemClock
from bot.commands import model as commands
from bot.commands.model_shadow import report
from bot.flow.promotion import SHADOW_LEASE, SHADOW_STARTS
from bot.flow.shadow import RENEW_EVERY, ShadowLease, ShadowWatch
from bot.model.shadow import ShadowRun
from bot.model.trained import ModelState, state_of
from bot.settings import Settings
from tests.builders import ROOT
from tests.machines import InUse, Machine, look, promote

READS = """
import asyncio, sys
from pathlib import Path
from bot.clock import SystemClock
from bot.flow.loop import keep_stepping
from bot.flow.promotion import Promotion
from bot.flow.shadow import ShadowLease
from bot.nlu.shelf import ModelShelf
from bot.store.models import RedisModels
from bot.store.processes import RedisProcesses
from bot.store.server import connect

async def main():
    address, folder, name = sys.argv[1:]
    redis, clock = connect(address), SystemClock()
    shelf = ModelShelf(Path(folder) / "project", Path(folder) / "models")
    promotion = Promotion(
        shelf, RedisModels(redis), RedisProcesses(redis), carry=True, clock=clock
    )
    await promotion.shadow(name, by="tara")
    lease = ShadowLease(name, promotion, clock)
    step = lease.step

    async def told():
        if await step():
            print("renewed", flush=True)
        return 0

    await keep_stepping("lease", told, stop=asyncio.Event(), log=lambda *_, **__: None)

asyncio.run(main())
"""


async def beside(machine: Machine) -> tuple[str | None, str | None]:
    """Return what reads beside the live model, and what was to."""
    standing = await machine.promotion.standing()
    return standing.shadow, standing.silent


@pytest.fixture
async def one(here):
    """A model that is to read beside the live one."""
    await promote(here, "good morning")
    model = here.train("hello")
    await here.promotion.shadow(model.name, by="tara")
    return model


async def test_it_has_a_minute_to_begin_and_then_says_again_and_again_that_it_reads(
    here, clock, one
):
    clock.advance((SHADOW_STARTS - timedelta(seconds=1)).total_seconds())
    assert await beside(here) == (one.name, None)
    lease = ShadowLease(one.name, here.promotion, clock)
    for _ in range(60):
        assert await lease.step() == 1
        assert await lease.step() == 0, "not more often than it has to"
        assert await beside(here) == (one.name, None)
        clock.advance(RENEW_EVERY.total_seconds())
    assert SHADOW_LEASE > 3 * RENEW_EVERY, "a slow moment is no death"


async def test_who_says_nothing_any_more_reads_no_more(here, there, clock, one):
    await ShadowLease(one.name, here.promotion, clock).step()
    clock.advance(SHADOW_LEASE.total_seconds())
    for machine in (here, there):
        assert await beside(machine) == (None, one.name)
    standing = await here.promotion.standing()
    assert state_of(one, standing) is ModelState.CANDIDATE
    assert one.name in standing.kept, "it may go on"


async def test_who_never_began_to_read_is_none_after_a_minute(here, clock, one):
    clock.advance(SHADOW_STARTS.total_seconds())
    assert await beside(here) == (None, one.name)


async def test_a_new_one_takes_the_place_of_one_that_is_dead(here, clock, one):
    clock.advance(SHADOW_STARTS.total_seconds())
    other = here.train("good evening")
    assert await here.promotion.shadow(other.name, by="tom")
    assert await beside(here) == (other.name, None)
    assert not await here.promotion.renew_shadow(one.name), "should it live after all"
    assert await beside(here) == (other.name, None)


async def test_the_same_one_goes_on_where_it_was(here, clock, one):
    clock.advance(SHADOW_STARTS.total_seconds())
    await here.promotion.shadow(one.name, by="tom")
    assert await beside(here) == (one.name, None)


async def test_who_stood_still_for_long_goes_on_if_nobody_else_reads(here, clock, one):
    over, read = [], []

    class Over:
        def set(self) -> None:
            over.append(True)

    def begin(run: ShadowRun):
        async def step() -> int:
            read.append(run)
            return 1

        return step

    watch = ShadowWatch(one.name, here.promotion, begin, over=Over())
    lease = ShadowLease(one.name, here.promotion, clock)
    await lease.step()
    clock.advance(10 * SHADOW_LEASE.total_seconds())
    assert await watch.step() == 1
    await lease.step()
    assert (over, len(read)) == ([], 1)
    assert await beside(here) == (one.name, None)


async def test_what_an_earlier_version_began_says_nothing_of_its_life(here, redis, one):
    await redis.hdel("{s00}models", "shadow_until")
    assert await beside(here) == (None, one.name)


async def test_stopping_a_dead_one_leaves_nothing(here, redis, clock, one):
    clock.advance(SHADOW_STARTS.total_seconds())
    assert await here.promotion.shadow(None, by="tom")
    assert await beside(here) == (None, None)
    assert not await redis.hexists("{s00}models", "shadow_until")


async def test_a_lease_that_runs_on_is_no_news_to_the_workers(here, clock, one):
    use = InUse((await here.shared.standing()).live.model)
    watch, written = here.watch(use), []
    watch._remember = written.append
    for _ in range(5):
        await here.promotion.renew_shadow(one.name)
        await look(here, watch)
    assert len(written) == 1


async def test_a_process_that_is_killed_at_once_is_seen_by_all_and_another_begins(
    server, redis, tmp_path
):
    ahead = ManualClock(SystemClock().now())
    machine = Machine(tmp_path / "north", redis, ahead)
    await promote(machine, "good morning")
    model = machine.train("hello")
    command = [sys.executable, "-c", READS, server.address]
    process = await asyncio.create_subprocess_exec(
        *command, str(machine.models.parent), model.name, cwd=ROOT, stdout=PIPE
    )
    assert await process.stdout.readline() == b"renewed\n"
    ahead.set(SystemClock().now())
    assert await beside(machine) == (model.name, None)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    ahead.set(SystemClock().now() + SHADOW_LEASE)
    assert await beside(machine) == (None, model.name)
    assert await machine.promotion.shadow(machine.train("hi").name, by="tom")


async def test_the_commands_say_that_it_does_not_read_any_more(
    server, redis, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "200")
    long_ago = ManualClock(SystemClock().now() - timedelta(hours=1))
    machine = Machine(tmp_path / "var", redis, long_ago)
    await promote(machine, "good morning")
    model = machine.train("hello")
    await machine.promotion.shadow(model.name, by="tara")
    env = {
        "FIRSTLINE_VAR": str(machine.models.parent),
        "FIRSTLINE_REDIS_URL": server.address,
    }
    settings = Settings.from_env(machine.project, env)
    await commands.list_models(settings, as_json=False)
    said = capsys.readouterr().out
    assert f"{model.name} was to read beside it, but its process has ended" in said
    await report(settings, None)
    said = capsys.readouterr().out
    assert f"{model.name} was to read beside the live model, but its process" in said
    assert await commands.stop_shadow(settings, by="tom") == 0
    assert "No model reads beside" in capsys.readouterr().out
