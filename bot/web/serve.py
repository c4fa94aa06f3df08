"""Serving the page on this machine, and ending it without waiting for browsers."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from bot.errors import ConfigError
from bot.web.feed import Feed
from bot.web.guard import NAMES

LOOPBACK = "127.0.0.1"
GRACE_S = 1  # for requests in hand when the program ends


async def serve(app: Starlette, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve `app` until `stop` is set; streams that are open are ended.

    Requests are not logged: their paths name customers.
    """
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        ws="none",  # not used, and uvicorn's needs newer websockets than Rasa allows
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        feed: Feed = app.state.feed
        feed.close()
        server.should_exit = True
        await serving


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else starts, so that a mistake shows at once.

    Raises:
        ConfigError: the host is not this machine, or the port cannot be had.
    """
    if host not in NAMES:
        raise ConfigError(
            f"FIRSTLINE_HOST is {host}: the page is served on {LOOPBACK} only, until "
            "there is a sign-in."
        )
    try:
        return socket.create_server((LOOPBACK, port), backlog=128)
    except OSError as error:
        raise ConfigError(_why_not(port, error)) from error


def _why_not(port: int, error: OSError) -> str:
    remedy = "Stop it, or set FIRSTLINE_PORT to another port."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program. {remedy}"
    return f"Port {port} cannot be used: {error.strerror}. Set FIRSTLINE_PORT to another port."


class _Server(uvicorn.Server):
    """Leaves signals to the program, which sets `stop`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
