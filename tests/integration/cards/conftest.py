"""A first line whose cases are shown in a local Slack; both go by the same clock."""

from __future__ import annotations

import pytest

from tests.first_line import FirstLine, on_simulator
from tests.integration.slack_cards import cards_of, slack_policy, slack_with_cards


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return on_simulator(redis, tmp_path, policy=slack_policy())


@pytest.fixture
async def slack(line):
    async with slack_with_cards(line.clock) as made:
        yield made


@pytest.fixture
async def cards(line, redis, slack):
    async with cards_of(line, redis, slack) as made:
        yield made
