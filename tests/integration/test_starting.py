"""With which model a machine starts that shares a store with others, and no folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.settings import Settings
from bot.starting import model_to_start_with
from bot.store.server import connect
from tests.machines import Machine, promote
from tests.servers import TcpServer


@pytest.fixture
async def server(tmp_path) -> AsyncIterator[TcpServer]:
    made = TcpServer(tmp_path / "server")
    await made.start()
    yield made
    made.kill()


@pytest.fixture
async def machines(tmp_path, server) -> AsyncIterator[tuple[Machine, Machine]]:
    async with connect(server.address) as redis:
        yield tuple(
            Machine(tmp_path / name, redis, SystemClock()) for name in ("here", "there")
        )


async def start(machine: Machine, server: TcpServer) -> tuple[Path, str]:
    """Return the model with which a start begins, and what it says."""
    var = str(machine.models.parent)
    env = {"FIRSTLINE_VAR": var, "FIRSTLINE_REDIS_URL": server.address}
    found = await model_to_start_with(Settings.from_env(machine.project, env))
    return found.model, found.told


async def test_it_brings_the_live_model_and_says_that_its_files_are_others(
    machines, server
):
    here, there = machines
    name = await promote(here, "hello")
    there.edit("good morning")
    model, told = await start(there, server)
    assert model == there.shelf.path(name)
    assert there.shelf.holds(here.shelf.model(name))
    assert told.startswith(f"{name} is live; the files have changed since")


async def test_a_live_model_that_is_nowhere_is_told_and_that_of_the_files_begins(
    machines, server
):
    here, there = machines
    name = await promote(here, "hello")
    async with connect(server.address) as redis:
        await redis.delete(*await redis.keys("{s00}model:*"))
    there.edit("good morning")
    model, told = await start(there, server)
    assert model == there.shelf.path(there.shelf.present())
    assert told.startswith(f"The live model {name} cannot be used: it is not on this")
