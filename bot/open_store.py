"""The store, connected or started: what every command of the program begins with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from bot.clock import Clock, SystemClock
from bot.log import Log, json_log
from bot.model.message import ChannelName
from bot.ports import Channel
from bot.settings import Settings
from bot.store.generation import Generation
from bot.store.server import EmbeddedServer, connect
from bot.store.whole import Store


@asynccontextmanager
async def open_store(
    settings: Settings,
    *,
    channels: Mapping[ChannelName, Channel] | None = None,
    folder: Path | None = None,
    clock: Clock | None = None,
    log: Log = json_log,
) -> AsyncIterator[Store]:
    """Connect to Redis, or start the embedded server in `folder` (<var>/store).

    `channels` are those that this program sends on, if it does. `clock` is the
    system's if None.

    Raises:
        StoreUnavailable: the server cannot be started.
    """
    server = None
    address = settings.redis_url
    if address is None:
        server = EmbeddedServer(folder or settings.var / "store", log=log)
        await server.start()
        address = server.address
    generation = Generation(clock=clock or SystemClock(), log=log)
    redis = connect(address, generation)
    events = (folder.parent if folder else settings.var) / "events"
    try:
        yield Store.on(
            redis,
            address=address,
            server=server,
            archive=events,
            generation=generation,
            channels=channels or {},
        )
    finally:
        await redis.close()
        if server is not None:
            await server.stop()
