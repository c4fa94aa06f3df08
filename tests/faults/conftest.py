"""What faults are tried on: servers, a proxy before them, and the program itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.channels.simulator import SimulatedNetwork
from bot.clock import SystemClock
from bot.store.server import EmbeddedServer
from tests.faults.failover import Pair
from tests.faults.simulation.wire import Wire
from tests.faults.started import Run
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


@pytest.fixture
def run(tmp_path, model) -> Iterator[Run]:
    made = Run(tmp_path / "var", model)
    yield made
    if made.process.poll() is None:
        made.stop()


@pytest.fixture
def network(run) -> Iterator[SimulatedNetwork]:
    made = SimulatedNetwork(
        run.folder / "simulator.db", brand_handle="fernhollow", clock=SystemClock()
    )
    yield made
    made.close()
