"""The store, connected or started: what every command of the program begins with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bot.clock import Clock, SystemClock
from bot.errors import StoreUnavailable
from bot.log import Log, json_log
from bot.model.message import ChannelName
from bot.ports import Channel, Quota, Spending
from bot.settings import Settings
from bot.store.generation import Generation
from bot.store.quota import RedisQuota
from bot.store.server import EmbeddedServer, connect
from bot.store.spending import RedisSpending
from bot.store.whole import Store

Networks = Callable[[Quota, Spending], Mapping[ChannelName, Channel]]


@asynccontextmanager
async def open_store(
    settings: Settings,
    *,
    channels: Mapping[ChannelName, Channel] | None = None,
    networks: Networks | None = None,
    folder: Path | None = None,
    clock: Clock | None = None,
    log: Log = json_log,
) -> AsyncIterator[Store]:
    """Connect to Redis, or start the embedded server in `folder` (<var>/store).

    `channels` are those that this program sends on, if it does; `networks` makes more
    of them, which count their calls in this store. `clock` is the system's if None.

    Raises:
        StoreUnavailable: the server cannot be started; or, out of what is done with
            the store, with the place to look at.
    """
    server = None
    address = settings.redis_url
    if address is None:
        server = EmbeddedServer(folder or settings.var / "store", log=log)
        await server.start()
        address = server.address
    generation = Generation(clock=clock or SystemClock(), log=log)
    # Whoever only reads and prints need not tell that another server answers.
    redis = connect(address, generation if channels or networks else None)
    if networks is not None:
        more = networks(RedisQuota(redis), RedisSpending(redis))
        channels = {**(channels or {}), **more}
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
    except StoreUnavailable as error:
        raise StoreUnavailable(f"{error}. {_remedy(settings, server)}") from None
    finally:
        await redis.close()
        if server is not None:
            await server.stop()


def _remedy(settings: Settings, server: EmbeddedServer | None) -> str:
    """Say where the store is, without the password, and what can be done."""
    if server is not None:
        return f"See {server.log_file}, or run `firstline doctor`."
    parts = urlsplit(settings.redis_url or "")
    where = parts.path if parts.scheme == "unix" else parts.netloc.rpartition("@")[2]
    return f"FIRSTLINE_REDIS_URL leads to {where}: see that it runs and is ours."
