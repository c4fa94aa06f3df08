"""What tests of several kinds share: a real server, and the parts on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.log import json_log
from bot.nlu.engine import LoadedModel, load_model
from bot.nlu.training import train
from bot.store.server import EmbeddedServer, connect
from tests.builders import ROOT

pytest_plugins = ["tests.findings"]

# Of the examples that Hypothesis makes up, each may take its time: what is to be quick
# is measured where that is promised, and not by a clock that neighbours stretch.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    """Python's own, also after a test that ran a command, which takes a quicker one.

    The simulation looks into the loop.
    """
    return asyncio.DefaultEventLoopPolicy()


@pytest.fixture
async def server(tmp_path) -> AsyncIterator[EmbeddedServer]:
    """A real server of this test's own, on disk as in production."""
    made = EmbeddedServer(tmp_path / "store", log=json_log)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def redis(server):
    client = connect(server.address)
    yield client
    await client.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--proof", action="store_true", help="run what takes long, in full size"
    )
    parser.addoption(
        "--soak", type=float, default=None, help="minutes of the soak's load"
    )
    parser.addoption(
        "--seed", type=int, default=None, help="run only this seed of the simulation"
    )


@pytest.fixture
def proof(request) -> bool:
    """Whether to run in full size."""
    return bool(request.config.getoption("--proof"))


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model of the project's files; trained now if they changed."""
    return train(ROOT, ROOT / "var" / "models", print)


@pytest.fixture(scope="session")
def loaded_model(model) -> LoadedModel:
    """The same, loaded once: it never changes, and loading takes seconds."""
    return load_model(model, config=ROOT / "config.yml")
