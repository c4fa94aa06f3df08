"""The real channel against the local X, whose rules it never breaks."""

from __future__ import annotations

import pytest

from bot.sim.x import LocalX
from tests.x.x_line import START, PatientClock, XLine


@pytest.fixture
async def x():
    async with LocalX("acmecare", clock=PatientClock(START)) as local:
        yield local


@pytest.fixture
async def line(redis, x):
    made = XLine(redis, x, x.core.clock)
    yield made
    made.channel.close()
    assert [one.kind for one in x.violations] == []


@pytest.fixture
def mention(x):
    return x.person("ada").post("@acmecare where is my parcel?")
