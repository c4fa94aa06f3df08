"""The file of the simulated network: many processes, a kill, a full disk."""

from __future__ import annotations

import resource
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from bot.channels.simulator import NewPost, SimulatedNetwork, SimulatorChannel
from bot.errors import ConfigError, InputError, TemporaryFailure
from bot.model.outgoing import (
    NotThere,
    SendResult,
    Sent,
    Unknown,
    Unreachable,
)
from tests.unit.simulator.helpers import (
    UNREACHABLE,
    direct_to,
    finish,
    incoming,
    read,
    start_together,
    started,
)


async def test_nothing_is_opened_before_it_is_needed(path, channel):
    assert not path.exists()
    await read(channel)
    assert path.exists()


def test_many_posts_are_written_together_or_not_at_all(network):
    posts = [NewPost(account="ada", text="hi"), NewPost(account="", text="hi")]
    with pytest.raises(InputError):
        network.post_many(posts)
    assert network.timeline() == []


async def test_five_thousand_messages_go_through_in_two_seconds(channel, network):
    posts = [
        NewPost(account=f"c{n % 900}", text=f"@fernhollow question {n}", id=str(n))
        for n in range(5_000)
    ]
    began = time.process_time()  # the machine may be busy with other things
    network.post_many(posts)
    assert await incoming(channel) == [post.id for post in posts]
    assert time.process_time() - began < 2


async def test_a_network_in_a_new_file_is_not_taken_for_the_old_one(
    path, clock, channel, network
):
    old = network.post("ada", "@fernhollow hi")
    ((cursor, _),) = await read(channel)
    network.close()
    for file in path.parent.iterdir():
        file.unlink()
    new = network.post("ada", "@fernhollow hi")
    assert new != old
    assert [message.id for _, message in await read(channel, cursor)] == [new]


@pytest.mark.parametrize("cursor", ["", "7", "x-y", "000000-3", "-"])
async def test_a_foreign_cursor_loses_nothing(channel, network, cursor):
    post = network.post("ada", "@fernhollow hi")
    assert [message.id for _, message in await read(channel, cursor)] == [post]


async def test_what_was_posted_survives_a_kill(path, channel):
    script = "network.direct('ada', str(n)); print(n, flush=True)"
    with started(f"for n in range(100_000): {script}", path) as process:
        assert process.stdout is not None
        printed = [process.stdout.readline() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split("\n")
    last = max(int(line) for line in (*printed, *rest[:-1]) if line)
    texts = [message.text for _, message in await read(channel)]
    assert texts[: last + 1] == [str(n) for n in range(last + 1)]
    assert len(texts) - (last + 1) in {0, 1}  # one may be written and not yet printed


async def test_processes_and_threads_write_at_once_and_nothing_is_lost(
    path, channel, network
):
    processes = [started(WRITE_A_HUNDRED.format(name), path) for name in "ab"]
    threads = [
        threading.Thread(target=write_a_hundred, args=(network, n)) for n in "cd"
    ]
    start_together(processes)  # on a file that none of them has made yet
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for process in processes:
        finish(process)
    for account in "abcd":
        texts = [post.text for post in network.direct_messages(account)]
        assert texts == [str(n) for n in range(100)]
    assert len(await incoming(channel)) == len(set(await incoming(channel))) == 400


def test_processes_that_make_the_file_at_once_agree_on_it(tmp_path, clock):
    path = tmp_path / "network.db"
    processes = [started(WRITE_A_HUNDRED.format(name), path) for name in "abcd"]
    start_together(processes)
    for process in processes:
        finish(process)
    network = SimulatedNetwork(path, brand_handle="fernhollow", clock=clock)
    births = {entry.id.partition("-")[0] for entry in network.ledger()}
    assert (len(births), len(network.ledger())) == (1, 400)
    network.close()


WRITE_A_HUNDRED = """
print("ready", flush=True)
sys.stdin.readline()
for number in range(100):
    network.direct("{}", str(number))
"""


def write_a_hundred(network: SimulatedNetwork, account: str) -> None:
    for number in range(100):
        network.direct(account, str(number))


async def test_a_file_that_is_locked_for_long_is_a_temporary_failure(
    path, channel, network, monkeypatch
):
    monkeypatch.setattr("bot.channels.simulator.database.BUSY_TIMEOUT_S", 0.05)
    network.direct("ada", "hi")
    network.close()  # the next use opens it with the short patience
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TemporaryFailure):
            network.direct("ada", "are you there?")
        with pytest.raises(TemporaryFailure):
            await read(channel)
        assert await channel.send(direct_to("ada")) == UNREACHABLE
        assert await channel.find_sent(direct_to("ada")) == Unreachable()
    assert isinstance(await channel.send(direct_to("ada")), Sent)


async def test_a_disk_that_is_full_at_the_last_moment_leaves_a_send_unknown(
    path, channel, network
):
    network.direct("ada", "hi")
    with room_for_nothing_more():
        assert await channel.send(direct_to("ada")) == Unknown()
        with pytest.raises(TemporaryFailure):
            network.direct("ada", "are you there?")
    assert await channel.find_sent(direct_to("ada")) == NotThere()
    assert isinstance(await channel.send(direct_to("ada")), Sent)
    assert [entry.text for entry in network.ledger("ada")] == ["hi", "hello"]


@contextmanager
def room_for_nothing_more() -> Iterator[None]:
    """Make every write of this process fail that would let a file grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_place_that_cannot_be_written_is_a_temporary_failure(tmp_path, clock):
    (tmp_path / "file").write_text("not a directory")
    channel = SimulatorChannel(
        tmp_path / "file" / "network.db", brand_handle="fernhollow", clock=clock
    )
    with pytest.raises(TemporaryFailure, match=r"network\.db"):
        await read(channel)
    result: SendResult = await channel.send(direct_to("ada"))
    assert result == UNREACHABLE


async def test_some_other_file_is_named_and_left_alone(path, channel):
    path.parent.mkdir()
    path.write_text("dear diary, " * 100)
    with pytest.raises(ConfigError, match=r"network\.db"):
        await read(channel)
    assert path.read_text().startswith("dear diary")
