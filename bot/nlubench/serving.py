"""How fast one process reads, and what it needs for that."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from bot.bench.figures import Latency
from bot.bench.processes import pss_mb
from bot.nlubench.readers import Found, Reader, open_reader

BATCH = 256  # as large as the engine makes them
SINGLES = 300  # texts that are read one by one
BATCHED_S = 3.0  # at least so long, and at least each text once
MB = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One process with one model, on one core.

    `load_s` is from nothing until the model reads, imports included. Rates are
    messages a second. What is called `cpu` counts only the time that this process had
    the core, so that it is right on a machine that does other things, too.
    """

    load_s: float
    load_cpu_s: float
    p50_ms: float
    p95_ms: float
    p50_cpu_ms: float
    p95_cpu_ms: float
    single_per_s: float
    single_per_cpu_s: float
    batched_per_s: float
    batched_per_cpu_s: float
    pss_mb: float
    rss_mb: float
    model_mb: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a serving process found in each text, and what that took."""

    found: tuple[Found, ...]
    served: Served


def serve(model: Path, config: Path, texts: Sequence[str], *, ours: bool) -> Answer:
    """Load `model` in this process, read `texts`, measure.

    What is timed are the same texts with a number behind each that is new every
    time, so that nothing can be remembered of a whole text.
    """
    started, used = time.monotonic(), time.process_time()
    reader = open_reader(model, config, ours=ours)
    reader.read(texts[:1])
    load_s, load_cpu_s = time.monotonic() - started, time.process_time() - used
    read = [each for batch in _batches(texts) for each in reader.read(batch)]
    found = tuple(reader.found(each) for each in read)
    del read
    single = _one_by_one(reader, texts)
    batched = _batched(reader, texts)
    served = Served(
        load_s=load_s,
        load_cpu_s=load_cpu_s,
        p50_ms=single.latency.p50,
        p95_ms=single.latency.p95,
        p50_cpu_ms=single.cpu.p50,
        p95_cpu_ms=single.cpu.p95,
        single_per_s=single.per_s,
        single_per_cpu_s=single.per_cpu_s,
        batched_per_s=batched.per_s,
        batched_per_cpu_s=batched.per_cpu_s,
        pss_mb=pss_mb(os.getpid()),
        rss_mb=_rss_mb(),
        model_mb=model.stat().st_size / MB,
    )
    return Answer(found, served)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pace:
    messages: int
    latency: Latency
    cpu: Latency  # the same by the process's own time
    took_s: float
    used_s: float

    @property
    def per_s(self) -> float:
        return self.messages / self.took_s

    @property
    def per_cpu_s(self) -> float:
        return self.messages / max(self.used_s, 1e-9)


def _one_by_one(reader: Reader, texts: Sequence[str]) -> _Pace:
    return _timed(reader, [[text] for text in islice(_anew(texts, start=0), SINGLES)])


def _batched(reader: Reader, texts: Sequence[str]) -> _Pace:
    """Read for `BATCHED_S`, but each of the texts at least once."""
    fresh = _anew(texts, start=SINGLES)
    least = max(-(-len(texts) // BATCH), 1)
    batches = [list(islice(fresh, BATCH)) for _ in range(least)]
    first = _timed(reader, batches)
    rounds = int(BATCHED_S * first.per_s / (least * BATCH))
    if rounds < 1:
        return first
    return _timed(
        reader, [list(islice(fresh, BATCH)) for _ in range(rounds * len(batches))]
    )


def _timed(reader: Reader, batches: Sequence[Sequence[str]]) -> _Pace:
    clock_ms: list[float] = []
    cpu_ms: list[float] = []
    for batch in batches:
        began, used = time.perf_counter(), time.process_time()
        reader.read(batch)
        cpu_ms.append(1000 * (time.process_time() - used))
        clock_ms.append(1000 * (time.perf_counter() - began))
    return _Pace(
        messages=sum(len(batch) for batch in batches),
        latency=Latency.of(clock_ms),
        cpu=Latency.of(cpu_ms),
        took_s=sum(clock_ms) / 1000,
        used_s=sum(cpu_ms) / 1000,
    )


def _anew(texts: Sequence[str], *, start: int) -> Iterator[str]:
    """Return the texts over and over, none of them twice."""
    for number, text in enumerate(cycle(texts), start):
        yield f"{text} {number}"


def _batches(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MB
