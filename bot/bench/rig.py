"""Store, network and the bot's processes, put up for a bench and taken down again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp

from bot.bench.channel import NAME, BenchChannel
from bot.bench.figures import Latency, Run, latencies_ms
from bot.bench.judge import Reply, judge
from bot.bench.load import Arrival, Load
from bot.bench.processes import cpu_s, pss_mb
from bot.bench.texts import Writer
from bot.errors import PermanentFailure
from bot.model.event import Event
from bot.model.message import ChannelName
from bot.open_store import open_store
from bot.ports import Channel
from bot.settings import Settings
from bot.store.server import EmbeddedServer
from bot.store.statistics import ServerStatistics
from bot.store.whole import Store

QUIET_MS = 10  # the customer's quiet time: small, and reported
STOP_S = 15.0
# Two cores: the model on one, everything else on the other.
PROCESSES: Mapping[str, tuple[str, ...]] = {
    "worker": ("worker",),
    "intake and sender": ("intake", "sender"),
}


def processes_with(workers: int) -> dict[str, tuple[str, ...]]:
    """Return what runs in which process, with so many that read messages."""
    more = {f"worker {number}": ("worker",) for number in range(2, workers + 1)}
    return {**PROCESSES, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """Everything that runs during a bench, each in a process of its own.

    Attributes:
        pids: the process of each role, the store's and the network's included.
        ready_s: from the start of the first of the bot's processes until all of
            them take work.
    """

    store: Store
    address: str  # of the store
    statistics: ServerStatistics
    network: aiohttp.ClientSession
    pids: Mapping[str, int]
    ready_s: float

    async def run(self, load: Load, writer: Writer, *, limit_s: float = 300.0) -> Run:
        """Let customers write by plan; return the figures when all is dealt with.

        Raises:
            PermanentFailure: it is not dealt with within `limit_s`.
        """
        arrivals = load.arrivals(writer)
        cursors = await self._end_of_events()
        known = len(await self._ledger(0))
        cpu = self._cpu()
        commands = await self.statistics.commands()
        starts_at = await self._plan(arrivals)
        ended = await self._settled(starts_at, arrivals, limit_s)
        used = {role: self._cpu()[role] - before for role, before in cpu.items()}
        executed = await self.statistics.commands() - commands
        ledger = await self._ledger(known)
        verdict = judge(arrivals, await self._events(cursors), ledger)
        last = max([ended, *(reply.at for reply in ledger)])
        return Run(
            name=load.name,
            offered=load.rate,
            messages=len(arrivals),
            took_s=last - starts_at,
            latency=Latency.of(latencies_ms(arrivals, verdict, starts_at=starts_at)),
            cpu_s=used,
            commands=executed / len(arrivals),
            verdict=verdict,
        )

    def memory_mb(self) -> dict[str, float]:
        """Return the proportional set size of each role's process."""
        return {role: pss_mb(pid) for role, pid in self.pids.items()}

    def _cpu(self) -> dict[str, float]:
        return {role: cpu_s(pid) for role, pid in self.pids.items()}

    async def _plan(self, arrivals: Sequence[Arrival]) -> float:
        body = json.dumps([arrival.plain() for arrival in arrivals]).encode()
        async with self.network.post("/plan", data=body) as answer:
            return float((await answer.json())["starts_at"])

    async def _settled(
        self, starts_at: float, arrivals: Sequence[Arrival], limit_s: float
    ) -> float:
        """Wait until nothing is left to do; return when the last turn was over."""
        last = starts_at + arrivals[-1].after_s
        before = int(await self.store.inbox.cursor(NAME) or 0)
        while time.time() < last + limit_s:
            await asyncio.sleep(0.1)
            moment = time.time()
            taken_in = int(await self.store.inbox.cursor(NAME) or 0) - before
            if taken_in >= len(arrivals) and not await self.busy():
                return moment
        raise PermanentFailure(f"not dealt with {limit_s:.0f} s after the last message")

    async def busy(self) -> bool:
        """Tell whether somebody waits for a turn, or a text to be sent."""
        turns, outbox = self.store.turns, self.store.outbox
        return (await turns.next_due() or await outbox.next_due()) is not None

    async def _ledger(self, after: int) -> list[Reply]:
        found: list[Reply] = []
        while True:
            path = f"/ledger?after={after + len(found)}"
            async with self.network.get(path) as answer:
                rows = json.loads(await answer.read())
            if not rows:
                return found
            found += [
                Reply(key=row["key"], account=row["account"], at=row["at"])
                for row in rows
            ]

    async def _end_of_events(self) -> dict[str, str]:
        return await self._read_events({}, [])

    async def _events(self, cursors: dict[str, str]) -> list[Event]:
        events: list[Event] = []
        await self._read_events(cursors, events)
        return events

    async def _read_events(
        self, cursors: dict[str, str], into: list[Event]
    ) -> dict[str, str]:
        while True:
            found, cursors = await self.store.events.since(cursors, limit=10_000)
            if not found:
                return cursors
            into += found


@asynccontextmanager
async def open_rig(
    settings: Settings,
    *,
    folder: Path,
    model: Path,
    fsync: str = "always",
    processes: Mapping[str, Sequence[str]] = PROCESSES,
) -> AsyncIterator[Rig]:
    """Put everything up in `folder`, which must be empty, and take it down at the end.

    Args:
        settings: of the project; its store and its files are not touched.
        folder: where the store, the logs and the demo orders of this bench are.
        model: the trained model.
        fsync: "always" or "everysec", as the store's server calls it.
        processes: name -> the roles that run in it.
    """
    own = replace(settings, var=folder, redis_url=None)
    async with AsyncExitStack() as stack:
        # Of the network's texts: a store without its channel would not see them wait.
        channels: dict[ChannelName, Channel] = {NAME: BenchChannel("")}
        store = await stack.enter_async_context(open_store(own, channels=channels))
        server = _server_of(store)
        statistics = ServerStatistics(server.address)
        stack.push_async_callback(statistics.close)
        await statistics.set_fsync(fsync)
        network, port = await stack.enter_async_context(
            process("bot.bench.network", [], log=folder / "network.log")
        )
        address = f"http://127.0.0.1:{port}"
        client = await stack.enter_async_context(aiohttp.ClientSession(address))
        pids = {"store": await statistics.pid(), "network and load": network}
        started = time.monotonic()
        arguments = _arguments(own, server.address, address, model)
        pids |= await _start(stack, processes, arguments, folder)
        yield Rig(
            store=store,
            address=server.address,
            statistics=statistics,
            network=client,
            pids=pids,
            ready_s=time.monotonic() - started,
        )


async def _start(
    stack: AsyncExitStack,
    processes: Mapping[str, Sequence[str]],
    arguments: Sequence[str],
    folder: Path,
) -> dict[str, int]:
    """Start the bot's processes side by side; return the pid of each."""

    async def one(name: str, roles: Sequence[str]) -> tuple[str, int]:
        words = [word for role in roles for word in ("--role", role)]
        opened = process(
            "bot.bench.role",
            [*words, *arguments],
            log=folder / f"{name.replace(' ', '-')}.log",
        )
        pid, _ = await stack.enter_async_context(opened)
        return name, pid

    return dict(await asyncio.gather(*(one(*each) for each in processes.items())))


def _arguments(own: Settings, store: str, network: str, model: Path) -> list[str]:
    named = {
        "project": own.project,
        "var": own.var,
        "store": store,
        "network": network,
        "model": model,
        "quiet-ms": QUIET_MS,
    }
    return [f"--{name}={value}" for name, value in named.items()]


def _server_of(store: Store) -> EmbeddedServer:
    if store.server is None:
        raise PermanentFailure("the bench needs a store of its own")
    return store.server


@asynccontextmanager
async def process(
    module: str, arguments: Sequence[str], *, log: Path
) -> AsyncIterator[tuple[int, str]]:
    """Run a module of ours until the end of the block; yields (pid, its first line).

    Raises:
        PermanentFailure: it ended before its first line; `log` has its words.
    """
    with log.open("wb") as words:
        running = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", module, *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=words,
        )
    try:
        if running.stdout is None:
            raise PermanentFailure(f"{module} has no output")
        first = (await running.stdout.readline()).decode().strip()
        if not first:
            raise PermanentFailure(f"{module} did not start; see {log}")
        yield running.pid, first
    finally:
        await end(running)


async def end(running: asyncio.subprocess.Process) -> None:
    """Ask it to end; make it end if it does not."""
    with contextlib.suppress(ProcessLookupError):  # it has ended
        running.terminate()
    try:
        await asyncio.wait_for(running.wait(), timeout=STOP_S)
    except asyncio.TimeoutError:
        running.kill()
        await running.wait()
