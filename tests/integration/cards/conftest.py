"""A first line whose cases are shown in a local Slack; both go by the same clock."""

from __future__ import annotations

import pytest

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock
from tests.builders import NOON
from tests.first_line import FirstLine
from tests.integration.slack_cards import cards_of, slack_policy, slack_with_cards


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    clock, policy = ManualClock(NOON), slack_policy()
    channel = SimulatorChannel(
        tmp_path / "net.db", brand_handle=policy.handle, clock=clock
    )
    return FirstLine(redis, channel, clock, policy=policy)


@pytest.fixture
async def slack(line):
    async with slack_with_cards(line.clock) as made:
        yield made


@pytest.fixture
async def cards(line, redis, slack):
    async with cards_of(line, redis, slack) as made:
        yield made
