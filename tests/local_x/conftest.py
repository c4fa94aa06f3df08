"""A local X with a clock that stands still, and its rules kept unless told."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.clock import ManualClock
from bot.sim.x import LocalX
from tests.local_x.clients import client

START = datetime(2026, 11, 23, 9, 0, 0, 250_000, tzinfo=timezone.utc)


@pytest.fixture
def clock():
    return ManualClock(START)


@pytest.fixture
async def x(clock):
    async with LocalX("acmecare", clock=clock) as local:
        yield local


@pytest.fixture
def api(x):
    """tweepy with the keys of @acmecare."""
    return client(x)
