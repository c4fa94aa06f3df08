"""A TCP proxy that a test puts before a store: it cuts, slows, flaps and redirects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK = 65_536


class Proxy:
    """Carries bytes between clients and one server, until a test interferes.

    Attributes:
        delay_s: how long each piece of an answer is held back.
        break_after: how many bytes of answers a connection lives for; None: for ever.
            An answer that is longer is cut in the middle.
        connections: how many there have been.
    """

    def __init__(self, target: str) -> None:
        """Lead to `target`, a `unix://` path or `redis://host:port`."""
        self._target = target
        self._server: asyncio.AbstractServer | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._cut = False
        self.delay_s = 0.0
        self.break_after: int | None = None
        self.connections = 0

    @property
    def address(self) -> str:
        """Where clients connect to."""
        assert self._server is not None
        return f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """End every connection, and each new one at once, until `mend`."""
        self._cut = True
        self._end_all()

    def mend(self) -> None:
        """Let connections through again, whole and at full speed."""
        self._cut, self.delay_s, self.break_after = False, 0.0, None

    def lead_to(self, target: str) -> None:
        """Lead every new connection to another server; the old ones end."""
        self._target = target
        self._end_all()

    def lead_new_to(self, target: str) -> None:
        """Lead every new connection to another server; the old ones stay."""
        self._target = target

    def _end_all(self) -> None:
        for writer in self._open:
            writer.close()
        self._open.clear()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        if self._cut:
            writer.close()
            return
        try:
            there, back = await self._connect()
        except OSError:
            writer.close()
            return
        self._open |= {writer, back}
        await asyncio.gather(
            self._carry(reader, back), self._carry(there, writer, answers=True)
        )

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._target.startswith("unix://"):
            path = self._target.removeprefix("unix://")
            return await asyncio.open_unix_connection(path)
        host, _, port = self._target.removeprefix("redis://").partition(":")
        return await asyncio.open_connection(host, int(port))

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        answers: bool = False,
    ) -> None:
        carried = 0
        try:
            while data := await reader.read(CHUNK):
                if answers and self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if answers and self.break_after is not None:
                    data = data[: max(0, self.break_after - carried)]
                    if not data:
                        break
                carried += len(data)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass  # one side has gone: so does the other
        finally:
            writer.close()
            self._open.discard(writer)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Proxy]:
        """Listen on a free port of this machine."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield self
        finally:
            self._server.close()
            self.cut()
            await asyncio.sleep(0)  # lets the carriers see their ends
