"""The bench's HTTP client against a real server: kept connections and lost answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.bench.http import HttpClient, NoAnswer
from bot.bench.network import Network, Server


@pytest.fixture
async def network() -> AsyncIterator[tuple[str, Network]]:
    made = Network()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(made), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", made


async def test_many_requests_at_once_each_get_their_own_answer(
    network: tuple[str, Network],
):
    address, made = network
    client = HttpClient(address)
    bodies = [b'{"key":"k%d","text":"%s"}' % (n, b"x" * 1000) for n in range(200)]
    await asyncio.gather(*(client.post("/messages", body) for body in bodies))
    found = await asyncio.gather(
        *(client.get(f"/sent?key=k{n}") for n in range(200)),
    )
    for number, answer in enumerate(found):
        place = [r["key"] for r in made.replies].index(f"k{number}") + 1
        assert answer.status == 200
        assert answer.body.startswith(b'[{"id": "r%d"' % place)
    await client.close()


async def test_an_unknown_path_is_a_404(network: tuple[str, Network]):
    client = HttpClient(network[0])
    assert (await client.get("/nowhere")).status == 404
    await client.close()


async def test_a_server_that_hangs_up_has_given_no_answer_and_the_next_one_has():
    hang_up = True

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        await reader.readuntil(b"\r\n\r\n")
        if not hang_up:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        client = HttpClient(f"http://127.0.0.1:{port}")
        with pytest.raises(NoAnswer):
            await client.get("/")
        hang_up = False
        assert (await client.get("/")).body == b"hi"
        await client.close()
    with pytest.raises(NoAnswer):
        await client.get("/")
