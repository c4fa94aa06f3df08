"""A local Slack, and the real client of its Web API."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.integration.slack_app import client
from tests.slack_double import SlackDouble


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    """A workspace with one channel; requests that break its rules fail the test."""
    async with SlackDouble(retries_s=(0.0, 0.2)) as double:
        double.add_channel("care")
        yield double
        assert double.violations == []


@pytest.fixture
def web(slack) -> AsyncWebClient:
    return client(slack)
