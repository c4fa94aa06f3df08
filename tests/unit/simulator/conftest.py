"""A simulated network in a file of its own, at noon."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.simulator import SimulatedNetwork, SimulatorChannel
from bot.clock import ManualClock
from tests.unit.simulator.helpers import NOON


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "var" / "network.db"


@pytest.fixture
def channel(path, clock) -> Iterator[SimulatorChannel]:
    channel = SimulatorChannel(path, brand_handle="fernhollow", clock=clock)
    yield channel
    channel.network.close()


@pytest.fixture
def network(channel) -> SimulatedNetwork:
    return channel.network
