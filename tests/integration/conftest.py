"""Whatever a test of the engine does, its events must audit clean at the end."""

from __future__ import annotations

import pytest

from bot.flow.audit import audit
from bot.store.events import RedisEvents
from bot.store.server import connect
from tests.builders import NOON


@pytest.fixture
async def redis(server):
    client = connect(server.address)
    yield client
    found = await audit(RedisEvents(client), now=NOON)
    await client.close()
    assert found.findings == []
