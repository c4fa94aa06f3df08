"""Whatever a test does with a whole first line, its events audit clean at the end."""

from __future__ import annotations

import pytest

from bot.flow.audit import audit
from bot.store.events import RedisEvents
from bot.store.server import connect
from tests.builders import NOON


@pytest.fixture
async def redis(server, request):
    client = connect(server.address)
    yield client
    found = await audit(RedisEvents(client), now=NOON)
    await client.close()
    if "line" in request.fixturenames:  # else the test writes to the store by hand
        assert found.findings == []
