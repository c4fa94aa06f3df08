"""A server for many simulated runs: real, emptied for each, and not kept on disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.store.server import EmbeddedServer
from tests.faults.failover import Pair
from tests.faults.simulation.wire import Wire
from tests.proxy import Proxy


@pytest.fixture(scope="module")
def wire(tmp_path_factory) -> Iterator[Wire]:
    server = EmbeddedServer(tmp_path_factory.mktemp("store"), log=_silent)
    asyncio.run(server.start())
    made = Wire(server.address.removeprefix("unix://"))
    made.call("CONFIG", "SET", "appendonly", "no")  # not a test of durability
    yield made
    made.close()
    asyncio.run(server.stop())


def _silent(event: str, /, **fields: object) -> None:
    """Log nothing: what goes wrong here is meant to."""


@pytest.fixture
async def pair(tmp_path) -> AsyncIterator[Pair]:
    made = Pair(tmp_path)
    async with made.link.running():
        try:
            await made.start()
            yield made
        finally:
            made.primary.kill()
            made.replica.kill()


@pytest.fixture
async def proxy(pair) -> AsyncIterator[Proxy]:
    """What every program connects to; it leads to the primary."""
    async with Proxy(pair.primary.address).running() as made:
        yield made
