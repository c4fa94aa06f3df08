"""`kill -9` while a model travels: half of one is never there, and the rest follows."""

from __future__ import annotations

import asyncio
import sys

import pytest

from bot.flow.model_travel import fetch, offer
from bot.model.trained import Part
from tests.builders import ROOT
from tests.machines import LARGE, Machine
from tests.waiting import PATIENCE_S

FETCH = """
import asyncio, sys
from pathlib import Path
from bot.flow.model_travel import fetch
from bot.nlu.shelf import ModelShelf
from bot.store.models import RedisModels
from bot.store.server import connect

class Slow(RedisModels):
    async def pieces(self, model, part):
        async for piece in super().pieces(model, part):
            yield piece
            print("piece", flush=True)
            await asyncio.sleep(60)

async def main():
    address, folder, name = sys.argv[1:]
    shared = Slow(connect(address))
    shelf = ModelShelf(Path(folder) / "project", Path(folder) / "models")
    await fetch(await shared.model(name), shelf, shared)

asyncio.run(main())
"""

OFFER = """
import asyncio, sys
from pathlib import Path
from bot.clock import SystemClock
from bot.flow.model_travel import offer
from bot.nlu.shelf import ModelShelf
from bot.store.models import RedisModels
from bot.store.server import connect

class Slow(RedisModels):
    async def carry(self, model, part, number, piece):
        await super().carry(model, part, number, piece)
        print("piece", flush=True)
        await asyncio.sleep(60)

async def main():
    address, folder, name = sys.argv[1:]
    shared = Slow(connect(address))
    shelf = ModelShelf(Path(folder) / "project", Path(folder) / "models")
    await offer(shelf.model(name), shelf, shared, carry=True, clock=SystemClock())

asyncio.run(main())
"""


@pytest.fixture
def here(tmp_path, redis) -> Machine:
    return Machine(tmp_path / "here", redis)


@pytest.fixture
def there(tmp_path, redis) -> Machine:
    return Machine(tmp_path / "there", redis)


async def killed_in_the_middle(
    script: str, server, machine: Machine, name: str
) -> None:
    """Run a script until it says that a piece has gone over, and kill it."""
    words = [script, server.address, str(machine.models.parent), name]
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-c", *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert await asyncio.wait_for(running.stdout.readline(), PATIENCE_S) == b"piece\n"
    running.kill()
    await running.wait()


async def test_half_a_fetched_model_is_not_there_and_is_fetched_anew(
    server, here, there
):
    model = here.train("hello", size=LARGE)
    await offer(model, here.shelf, here.shared, carry=True, clock=here.clock)
    await killed_in_the_middle(FETCH, server, there, model.name)
    assert list(there.models.glob(".receiving-*/*")), "what was brought stands about"
    assert there.shelf.models() == []
    assert there.shelf.model(model.name) is None
    assert not there.shelf.holds(model)
    await fetch(model, there.shelf, there.shared)
    assert there.shelf.holds(model)
    assert there.shelf.models() == [model]


async def test_half_an_offered_model_cannot_be_promoted_and_the_rest_follows(
    server, here, there
):
    model = here.train("hello", size=LARGE)
    await killed_in_the_middle(OFFER, server, here, model.name)
    assert await here.shared.carried(model, Part.ARCHIVE) == 1
    assert await here.shared.model(model.name) is None
    assert (await here.shared.standing()).live is None
    assert await here.promotion.promote(model.name, by="tara", why="again")
    await fetch(model, there.shelf, there.shared)
    assert there.shelf.holds(model)
