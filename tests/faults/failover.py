"""A store that fails over, and programs that are led to whichever server answers."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path

from bot.store.generation import Generation
from bot.store.server import connect
from tests.builders import POLICY
from tests.first_line import on_simulator
from tests.proxy import Proxy
from tests.servers import TcpServer
from tests.waiting import until


class Pair:
    """A primary and its replica. What the link does not carry is lost with the first.

    The link is cut, rather than the replica frozen, because what stands in a socket's
    buffer would still be read.
    """

    def __init__(self, folder: Path) -> None:
        self.primary, self.replica = (
            TcpServer(folder / "one"),
            TcpServer(folder / "two"),
        )
        self.link = Proxy(self.primary.address)

    async def start(self) -> None:
        await self.primary.start()
        await self.replica.start()
        await self.replica.follow(self.link.address)

    async def stop_copying(self) -> None:
        """Let the replica have everything so far, and nothing after it."""
        async with (
            connect(self.primary.address) as first,
            connect(self.replica.address) as second,
        ):

            async def caught_up() -> bool:
                there = (await first.info("replication"))["master_repl_offset"]
                here = (await second.info("replication"))["slave_repl_offset"]
                return bool(there == here)

            await until(caught_up)
            self.link.cut()

    async def fail_over(self, proxy: Proxy) -> None:
        """End the primary; what it did since the copy stopped is gone with it."""
        self.primary.kill()
        await self.replica.promote()
        proxy.lead_to(self.replica.address)


@asynccontextmanager
async def program(proxy: Proxy, tmp_path, clock, policy=POLICY):
    """One program with its own connections, on the network and store of all."""
    logged: list[str] = []
    generation = Generation(clock=clock, log=lambda event, **_: logged.append(event))
    redis = connect(proxy.address, generation)
    line = on_simulator(redis, tmp_path, clock=clock, policy=policy)
    line.redis, line.generation = redis, generation
    try:
        yield line
    finally:
        await redis.close()
        line.channel.network.close()
