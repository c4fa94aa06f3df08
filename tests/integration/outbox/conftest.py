"""First lines whose outbox is filled by hand, with a pace and without."""

from __future__ import annotations

import pytest

from bot.model.message import Visibility
from bot.store.server import connect
from tests.first_line import FirstLine, on_simulator
from tests.integration.outbox.texts import TEN_A_MINUTE


@pytest.fixture
async def redis(server):
    """Not audited: most texts here are put into the outbox without any message."""
    client = connect(server.address)
    yield client
    await client.close()


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return on_simulator(redis, tmp_path, allowances={})


@pytest.fixture
def paced(redis, tmp_path) -> FirstLine:
    """Ten public posts a minute; direct messages have no limit."""
    allowances = {Visibility.PUBLIC: (TEN_A_MINUTE,)}
    return on_simulator(redis, tmp_path, allowances=allowances)
