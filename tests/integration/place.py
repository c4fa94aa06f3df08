"""Where stateful tests run: they are synchronous, and have many examples."""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path

from bot.log import json_log
from bot.store.server import EmbeddedServer, connect


class Place:
    """One server for all examples, and the loop on which everything runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers = folder, count()
        self.loop = asyncio.new_event_loop()
        self.server = EmbeddedServer(folder / "store", log=json_log)
        self.run(self.server.start())
        self.redis = connect(self.server.address)
        self.other = connect(self.server.address)
        self.run(self.redis.config_set("appendonly", "no"))  # no test of durability

    def run(self, work):
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.run(self.redis.close())
        self.run(self.other.close())
        self.run(self.server.stop())
        self.loop.close()
