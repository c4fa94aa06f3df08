"""A first line on a network with rules and prices."""

from __future__ import annotations

import pytest

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock
from bot.model.message import Visibility
from tests.builders import NOON, POLICY
from tests.first_line import FirstLine
from tests.integration.network_rules.told import FIFTEEN, STRICT


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    clock = ManualClock(NOON)
    channel = SimulatorChannel(
        tmp_path / "net.db",
        brand_handle=POLICY.handle,
        clock=clock,
        rules=STRICT,
        allowances={Visibility.PRIVATE: (FIFTEEN,)},
    )
    return FirstLine(redis, channel, clock)
