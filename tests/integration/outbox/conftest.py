"""First lines whose outbox is filled by hand, with a pace and without."""

from __future__ import annotations

import pytest

from bot.model.message import Visibility
from bot.store.server import connect
from tests.first_line import FirstLine
from tests.integration.outbox.texts import TEN_A_MINUTE, first_line


@pytest.fixture
async def redis(server):
    """Not audited: most texts here are put into the outbox without any message."""
    client = connect(server.address)
    yield client
    await client.close()


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return first_line(redis, tmp_path, {})


@pytest.fixture
def paced(redis, tmp_path) -> FirstLine:
    """Ten public posts a minute; direct messages have no limit."""
    return first_line(redis, tmp_path, {Visibility.PUBLIC: (TEN_A_MINUTE,)})
