"""Loops end together, in order, and not before what is in hand is done."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import ConfigError, TemporaryFailure
from bot.flow.loop import Outages, keep_stepping, run_together
from tests.waiting import PATIENCE_S


class Logged(list):
    def __call__(self, event, /, **fields):
        self.append((event, fields))


async def idle(stop):
    await stop.wait()


async def test_what_is_in_hand_is_finished_before_the_end():
    stop, done = asyncio.Event(), []

    async def step():
        stop.set()
        await asyncio.sleep(0.05)
        done.append("step")
        return 1

    log = Logged()
    loop = keep_stepping("x", step, stop=stop, log=log)
    await run_together([loop, idle(stop)], stop=stop, log=log)
    assert done == ["step"]
    assert log == []


async def test_what_takes_too_long_at_the_end_is_cancelled():
    stop, log = asyncio.Event(), Logged()
    stop.set()
    await asyncio.wait_for(
        run_together([asyncio.sleep(3600)], stop=stop, log=log, grace_s=0.05),
        PATIENCE_S,
    )
    assert log == [("stop_forced", {"loops": 1})]


async def test_a_loop_that_cannot_go_on_ends_the_others_and_says_why():
    stop, ended = asyncio.Event(), []

    async def other():
        await stop.wait()
        ended.append("other")

    async def broken():
        raise ConfigError("port")

    with pytest.raises(ConfigError, match="port"):
        await run_together([other(), broken()], stop=stop, log=Logged())
    assert ended == ["other"]


async def test_an_outage_is_known_while_it_lasts():
    stop, outages, log = asyncio.Event(), Outages(), Logged()
    seen: list[tuple[str, ...]] = []

    async def step():
        if not seen:
            seen.append(outages.now())
            raise TemporaryFailure("the store is away")
        seen.append(outages.now())
        if len(seen) == 3:
            stop.set()
        return 1

    await keep_stepping("sender", step, stop=stop, log=log, outages=outages)
    assert seen == [(), ("sender: the store is away",), ()]
    assert [event for event, _ in log] == ["outage_began", "outage_ended"]
