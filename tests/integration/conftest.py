"""Whatever a test does with a whole first line, it ends with a store that fits together
and events that audit clean."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.flow.audit import audit
from bot.settings import Settings
from bot.store.events import RedisEvents
from bot.store.server import connect
from tests.builders import NOON, ROOT
from tests.consistency import misfits
from tests.first_line import FirstLine, on_simulator
from tests.integration.place import Place
from tests.machines import Machine
from tests.slack_line import SlackLine, slack_line


@pytest.fixture
async def redis(server, request):
    client = connect(server.address)
    yield client
    by_hand = getattr(request.module, "WRITES_BY_HAND", False)
    if "line" in request.fixturenames and not by_hand:
        found = await audit(RedisEvents(client), now=NOON)
        wrong = await misfits(client)
        await client.close()
        assert found.findings == []
        assert wrong == []
    else:
        await client.close()


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    """At noon, on a simulated network that nobody has written on."""
    return on_simulator(redis, tmp_path)


@pytest.fixture
async def desk(redis, tmp_path) -> AsyncIterator[SlackLine]:
    """A line whose agents work in a local Slack, with everything between the two."""
    async with slack_line(redis, tmp_path) as made:
        yield made


@pytest.fixture
def settings(server, tmp_path) -> Settings:
    """As shipped, with the test's own store and folder."""
    made = Settings.from_env(ROOT, {})
    return replace(made, redis_url=server.address, var=tmp_path / "var")


@pytest.fixture(scope="module")
def place():
    folder = Path(tempfile.mkdtemp(prefix="cases"))  # pytest's own paths are too long
    made = Place(folder)
    yield made
    made.close()
    shutil.rmtree(folder)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def here(tmp_path, redis, clock) -> Machine:
    return Machine(tmp_path / "here", redis, clock)


@pytest.fixture
def there(tmp_path, redis, clock) -> Machine:
    """Another machine: it shares the store, and no folder."""
    return Machine(tmp_path / "there", redis, clock)
