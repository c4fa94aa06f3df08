"""The embedded server: one on a folder, however long it is silent."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.errors import StoreUnavailable
from bot.log import json_log
from bot.store import server as server_module
from bot.store.server import EmbeddedServer, connect
from tests.waiting import PATIENCE_S, until


async def pid_of(server: EmbeddedServer) -> int:
    client = connect(server.address)
    try:
        return int((await client.info("server"))["process_id"])
    finally:
        await client.close()


async def runs(server: EmbeddedServer) -> bool:
    """Tell whether a server answers on that folder."""
    with suppress(RedisConnectionError):
        return bool(await pid_of(server))
    return False


async def ended(server: EmbeddedServer) -> bool:
    return not await runs(server)


async def kill_script(server: EmbeddedServer) -> None:
    """End a script. The client would ask for the server's health first."""
    _, writer = await asyncio.open_unix_connection(str(server._socket))
    writer.write(b"SCRIPT KILL\r\n")
    await writer.drain()
    writer.close()


@pytest.fixture
def impatient(monkeypatch) -> None:
    """Let looks at the server time out soon."""

    def quick(address):
        client = connect(address)
        client.connection_pool.connection_kwargs["socket_timeout"] = 0.2
        return client

    monkeypatch.setattr(server_module, "connect", quick)


def second(server: EmbeddedServer) -> EmbeddedServer:
    return EmbeddedServer(server._folder, log=json_log)


async def test_a_server_that_is_silent_for_a_while_is_not_replaced(server, impatient):
    pid = await pid_of(server)
    stop = asyncio.Event()
    watcher = asyncio.create_task(server.keep_running(stop, pause_s=0.05))
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(1)
    finally:
        os.kill(pid, signal.SIGCONT)
    stop.set()
    await watcher
    assert await pid_of(server) == pid


async def test_a_server_that_answers_with_an_error_is_not_replaced(server, impatient):
    pid, client = await pid_of(server), connect(server.address)
    stop = asyncio.Event()
    await client.config_set("busy-reply-threshold", "10")
    endless = asyncio.create_task(client.eval("while true do end", 0))
    watcher = asyncio.create_task(server.keep_running(stop, pause_s=0.05))
    await asyncio.sleep(0.5)
    await kill_script(server)
    await asyncio.gather(endless, return_exceptions=True)
    stop.set()
    await watcher
    assert await pid_of(server) == pid
    await client.close()


async def test_a_silent_server_of_a_killed_program_is_taken_over(server, impatient):
    pid = await pid_of(server)
    os.kill(pid, signal.SIGSTOP)
    server._lock.close()  # as the end of its program does
    server._lock = None
    heir = second(server)
    starting = asyncio.create_task(heir.start())
    await asyncio.sleep(0.6)
    assert not starting.done()
    os.kill(pid, signal.SIGCONT)
    await starting
    assert await pid_of(heir) == pid
    await heir.stop()


async def test_a_server_that_a_killed_program_left_ends_with_the_next_one(server):
    pid = await pid_of(server)
    server._lock.close()  # as the end of its program does
    server._lock = None
    heir, stop = second(server), asyncio.Event()
    await heir.start()
    watcher = asyncio.create_task(heir.keep_running(stop, pause_s=0.01))
    await asyncio.sleep(0.5)
    stop.set()
    await watcher
    assert await pid_of(heir) == pid
    await heir.stop()
    await until(lambda: ended(server))


async def test_a_server_that_was_left_ends_with_a_program_that_ends_at_once(server):
    pid = await pid_of(server)
    server._lock.close()  # as the end of its program does
    server._lock = None
    heir = second(server)
    await heir.start()
    assert await pid_of(heir) == pid
    await heir.stop()
    await until(lambda: ended(server))


async def test_none_is_started_while_one_lives_that_cannot_be_reached(
    server, monkeypatch
):
    monkeypatch.setattr(server_module, "WAIT_S", 0.3)
    pid = await pid_of(server)
    hidden = server._socket.with_suffix(".hidden")
    server._socket.rename(hidden)
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        await server.start()
    hidden.rename(server._socket)
    assert await pid_of(server) == pid


async def test_a_second_program_does_not_wait_for_ever_for_the_owners_server(
    server, monkeypatch
):
    os.kill(await pid_of(server), signal.SIGKILL)
    with monkeypatch.context() as hurried:
        hurried.setattr(server_module, "WAIT_S", 0.3)
        with pytest.raises(StoreUnavailable, match="another program"):
            await asyncio.wait_for(second(server).start(), PATIENCE_S)
    await server.start()


async def test_a_server_that_was_killed_is_started_again(server):
    pid = await pid_of(server)
    os.kill(pid, signal.SIGKILL)
    await server.start()
    assert await pid_of(server) != pid


async def test_whoever_is_left_starts_the_server_anew(server):
    """A second program on the folder survives the end of the one that owned it."""
    left = second(server)
    await left.start()
    stop = asyncio.Event()
    watcher = asyncio.create_task(left.keep_running(stop, pause_s=0.05))
    await server.stop()
    client = connect(left.address)
    await until(lambda: runs(left))
    assert await client.ping()
    await client.close()
    stop.set()
    await watcher
    await left.stop()
