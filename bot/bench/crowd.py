"""A million stored customers: does the store get slower, and what does one weigh?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.bench.channel import NAME
from bot.bench.course import FLOOD
from bot.bench.figures import Run
from bot.bench.load import Load
from bot.bench.rig import Rig
from bot.bench.texts import Writer
from bot.model.message import CustomerId
from bot.store.population import Population

CUSTOMERS = 1_000_000
MESSAGES = 5_000  # of a flood
FLOODS = 2  # on either side; the faster counts, since others can only slow one down
PATTERNS = 50  # real customers, of whom the others are copies
STEP = 10_000  # customers between two lines of progress
LIMIT_S = 900.0  # for storing them; a slow machine stores fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The same floods on an empty store and on a full one.

    Attributes:
        customers: how many were stored within the time limit.
        bytes_each: of the server's memory.
    """

    customers: int
    empty: Sequence[Run]
    full: Sequence[Run]
    bytes_each: float

    @property
    def runs(self) -> list[Run]:
        return [*self.empty, *self.full]

    @property
    def ratio(self) -> float:
        """Throughput on the full store against that on the empty one."""
        return _best(self.full).throughput / _best(self.empty).throughput

    @property
    def cpu_ratio(self) -> float:
        """The same of the CPU a message, which other programs disturb less."""
        return _best(self.full).cpu_ms / _best(self.empty).cpu_ms


def _best(runs: Sequence[Run]) -> Run:
    return max(runs, key=lambda run: run.throughput)


async def measure_crowd(
    rig: Rig,
    writer: Writer,
    progress: Callable[[str], None],
    *,
    customers: int = CUSTOMERS,
    messages: int = MESSAGES,
    limit_s: float = LIMIT_S,
) -> Crowd:
    """Flood `rig`, fill its store with `customers`, and flood it again."""
    progress("crowd: the floods before it")
    empty = await _floods(rig, writer, "empty", messages)
    # those who wrote once, as most do
    real = [
        CustomerId(f"{NAME}:{reply.account}")
        for reply in empty[0].verdict.replies.values()
        if not reply.account.startswith("regular")
    ][:PATTERNS]
    before = await rig.statistics.memory()
    stored = await _fill(rig, real, customers, progress, limit_s=limit_s)
    weight = await rig.statistics.memory() - before
    progress("crowd: the floods on top of it")
    full = await _floods(rig, writer, "full", messages)
    return Crowd(
        customers=stored, empty=empty, full=full, bytes_each=weight / max(stored, 1)
    )


async def _floods(rig: Rig, writer: Writer, name: str, messages: int) -> list[Run]:
    return [
        await rig.run(Load(name=f"{name}-{n}", count=messages, rate=FLOOD), writer)
        for n in range(1, FLOODS + 1)
    ]


async def _fill(
    rig: Rig,
    real: Sequence[CustomerId],
    customers: int,
    progress: Callable[[str], None],
    *,
    limit_s: float,
) -> int:
    """Store `customers`, as far as the time allows; return how many."""
    population, ends_at, stored = Population(rig.address), time.time() + limit_s, 0
    try:
        patterns = await population.patterns(real)
        await rig.statistics.set_fsync("everysec")
        while stored < customers and time.time() < ends_at:
            progress(f"crowd: {stored:,} of {customers:,} customers stored")
            numbers = range(stored, min(stored + STEP, customers))
            ids = [CustomerId(f"{NAME}:stored{number}") for number in numbers]
            await population.copy(patterns, ids)
            stored = numbers.stop
        await rig.statistics.set_fsync("always")
        progress("crowd: the store rewrites its file")
        await rig.statistics.rewritten()  # which it would do in the floods otherwise
    finally:
        await population.close()
    return stored
