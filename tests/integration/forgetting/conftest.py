"""A first line with a local Slack, and what forgets."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store.forgetting import RedisForgetting
from tests.corpus.projects import small_project
from tests.first_line import FirstLine, on_simulator
from tests.integration.slack_cards import CARE, LEGAL, slack_policy
from tests.slack_double import SlackDouble


@pytest.fixture
def line(redis, tmp_path, clock) -> FirstLine:
    return on_simulator(redis, tmp_path, clock=clock, policy=slack_policy())


@pytest.fixture
def project(tmp_path) -> Path:
    return small_project(tmp_path / "project")


@pytest.fixture
def forgetting(redis) -> RedisForgetting:
    return RedisForgetting(redis)


@pytest.fixture
async def slack(clock):
    async with SlackDouble(now=lambda: clock.now().timestamp()) as double:
        double.add_channel(CARE)
        double.add_channel(LEGAL)
        yield double
