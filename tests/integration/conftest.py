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
    by_hand = getattr(request.module, "WRITES_BY_HAND", False)
    if "line" in request.fixturenames and not by_hand:
        assert found.findings == []
