"""What every local network has: an address of this machine, and a server behind it."""

from __future__ import annotations

import socket
from collections.abc import Callable

from aiohttp import web

from bot.sim.changes import Changes

LARGEST = 64 * 1024 * 1024  # bytes of a request
PATIENCE_S = 120.0  # of who waits in real time; a busy machine promises no speed


class Served:
    """A network on 127.0.0.1. Whoever inherits opens it, closes it and tells `changes`.

    Args:
        port: 0 takes one that is free.
        changes: what `until` is woken by.

    Attributes:
        url: where it answers; who connects before it is open waits until then.
    """

    def __init__(self, port: int, changes: Changes) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._changes = changes
        self._runner: web.AppRunner | None = None

    async def _open(self, app: web.Application) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listener).start()

    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def until(
        self,
        holds: Callable[[], object],
        *,
        within_s: float = PATIENCE_S,
        what: str = "it",
    ) -> None:
        """Wait until `holds()` is true, in real time.

        Raises:
            TimeoutError: it has not become so.
        """
        await self._changes.until(holds, within_s=within_s, what=what)
