"""A stock Rasa bot with the same intents and answers, to compare with.

What `rasa init` sets up: DIETClassifier, ResponseSelector and TEDPolicy, served by
`rasa run` over its REST channel. It is trained once, on a sample of our examples so
that this takes minutes; how fast it answers does not depend on how many they were.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.bench.figures import Latency
from bot.bench.processes import cpu_s, family_of, pss_mb
from bot.bench.rig import end
from bot.bench.stock_project import project_files, sample_of
from bot.errors import PermanentFailure
from bot.nlu.data import load_examples, load_yaml

START_S = 180.0  # for Rasa to come up
CONCURRENCIES = (16, 64)
ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRun:
    """What the stock bot did with some messages, so many at a time."""

    concurrency: int
    messages: int
    took_s: float
    answered: int  # with at least one text
    latency: Latency
    cpu_s: float

    @property
    def throughput(self) -> float:
        return self.messages / self.took_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Everything that was measured of the stock bot."""

    runs: Sequence[StockRun]
    memory_mb: float
    ready_s: float
    examples: int

    @property
    def best(self) -> StockRun:
        return max(self.runs, key=lambda run: run.throughput)


async def measure_stock(
    project: Path,
    folder: Path,
    texts: Sequence[str],
    progress: Callable[[str], None],
) -> Stock:
    """Train the bot in `folder` unless it is there, run it, send it `texts`.

    Raises:
        PermanentFailure: it cannot be trained or does not start.
    """
    sample = sample_of(load_examples(project / "data" / "nlu"))
    files = project_files(sample, load_yaml(project / "domain.yml"))
    model = await _trained(files, folder, progress)
    progress("stock: starting rasa run")
    async with _running(folder, model) as (client, pid, ready_s):
        await _send_all(client, texts[:20], 4, pid)  # its first ones are slow
        runs: list[StockRun] = []
        for concurrency in CONCURRENCIES:
            progress(f"stock: {len(texts)} messages, {concurrency} at a time")
            runs.append(await _send_all(client, texts, concurrency, pid))
        memory = sum(pss_mb(each) for each in family_of(pid))
    return Stock(runs=runs, memory_mb=memory, ready_s=ready_s, examples=len(sample))


async def _trained(
    files: Mapping[str, str], folder: Path, progress: Callable[[str], None]
) -> Path:
    """Return the model of `files`, trained now if it is not in `folder`."""
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    model = folder / "models" / f"stock-{digest[:12]}.tar.gz"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    if model.exists():
        return model
    progress("stock: training, once; some minutes")
    name = model.name.removesuffix(".tar.gz")
    training = await _rasa(folder, ["train", "--fixed-model-name", name])
    if await training.wait() or not model.exists():
        raise PermanentFailure(f"rasa train failed; see {folder / 'rasa.log'}")
    return model


@asynccontextmanager
async def _running(
    folder: Path, model: Path
) -> AsyncIterator[tuple[aiohttp.ClientSession, int, float]]:
    """Run `rasa run`; yields (client, pid, seconds until it answered)."""
    port, started = _free_port(), time.monotonic()
    words = ["run", "-i", "127.0.0.1", "-p", str(port), "--model", str(model)]
    rasa = await _rasa(folder, words)
    client = aiohttp.ClientSession(
        f"http://127.0.0.1:{port}",
        connector=aiohttp.TCPConnector(limit=max(CONCURRENCIES)),
        timeout=aiohttp.ClientTimeout(total=120),
    )
    try:
        async with client:
            while not await _answers(client):
                late = time.monotonic() - started > START_S
                if rasa.returncode is not None or late:
                    log = folder / "rasa.log"
                    raise PermanentFailure(f"rasa run did not start; see {log}")
                await asyncio.sleep(0.2)
            yield client, rasa.pid, time.monotonic() - started
    finally:
        await end(rasa)


async def _rasa(folder: Path, words: Sequence[str]) -> asyncio.subprocess.Process:
    with (folder / "rasa.log").open("wb") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "rasa", *words),
            cwd=folder,
            env={**os.environ, **ENVIRONMENT},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


async def _answers(client: aiohttp.ClientSession) -> bool:
    try:
        return bool(await _ask(client, "nobody", "hello"))
    except (aiohttp.ClientError, asyncio.TimeoutError):
        return False


async def _ask(client: aiohttp.ClientSession, sender: str, text: str) -> list[object]:
    body = {"sender": sender, "message": text}
    async with client.post("/webhooks/rest/webhook", json=body) as answer:
        if answer.status != 200:
            return []
        texts: list[object] = await answer.json()
        return texts


async def _send_all(
    client: aiohttp.ClientSession, texts: Sequence[str], concurrency: int, pid: int
) -> StockRun:
    """Send `texts`, always `concurrency` of them at a time, each of a new sender."""
    waiting = iter(enumerate(texts))
    latencies: list[float] = []
    answered = 0

    async def keep_asking() -> None:
        nonlocal answered
        for number, text in waiting:
            begun = time.monotonic()
            said = await _ask(client, f"{concurrency}-{number}", text)
            latencies.append(1000 * (time.monotonic() - begun))
            answered += bool(said)

    before, started = cpu_s(pid), time.monotonic()
    await asyncio.gather(*(keep_asking() for _ in range(concurrency)))
    return StockRun(
        concurrency=concurrency,
        messages=len(texts),
        took_s=time.monotonic() - started,
        answered=answered,
        latency=Latency.of(latencies),
        cpu_s=cpu_s(pid) - before,
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
