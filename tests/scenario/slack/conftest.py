"""A story of agents in Slack, for each test its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.scenario.slack.story import Story, a_story


@pytest.fixture
async def story(redis, tmp_path) -> AsyncIterator[Story]:
    async with a_story(redis, tmp_path) as made:
        yield made
