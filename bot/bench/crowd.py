"""A million stored customers: does the store get slower, and what does one weigh?

Two rigs side by side, one with the customers and one without, get floods in turn. A
machine whose speed changes while the customers are stored, or from flood to flood, is
as slow for the one as for the other of a pair.
"""

from __future__ import annotations

import statistics
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
PAIRS = 7  # of floods; the median counts
PATTERNS = 50  # real customers, of whom the others are copies
STEP = 10_000  # customers that are stored at a time
LIMIT_S = 900.0  # for storing them; a slow machine stores fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Floods in pairs, each on a store without and on one with the customers.

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
    def ratios(self) -> list[float]:
        """Each pair's throughput on the full store against that on the empty one."""
        pairs = zip(self.full, self.empty, strict=True)
        return [full.throughput / empty.throughput for full, empty in pairs]

    @property
    def ratio(self) -> float:
        """The median of the pairs."""
        return statistics.median(self.ratios)

    @property
    def cpu_ratio(self) -> float:
        """The same of the CPU a message, which other programs disturb less."""
        pairs = zip(self.full, self.empty, strict=True)
        return statistics.median(full.cpu_ms / empty.cpu_ms for full, empty in pairs)


async def measure_crowd(
    empty: Rig,
    full: Rig,
    writer: Writer,
    progress: Callable[[str], None],
    *,
    customers: int = CUSTOMERS,
    messages: int = MESSAGES,
    limit_s: float = LIMIT_S,
) -> Crowd:
    """Fill the store of `full` with `customers`, and flood both rigs in turn.

    Both are fresh: what their stores hold else, and what their processes have seen,
    is alike.
    """
    progress("crowd: a first flood on both stores")
    await empty.run(Load(name="first", count=messages, rate=FLOOD), writer)
    first = await full.run(Load(name="first", count=messages, rate=FLOOD), writer)
    # those who wrote once, as most do
    real = [
        CustomerId(f"{NAME}:{reply.account}")
        for reply in first.verdict.replies.values()
        if not reply.account.startswith("regular")
    ][:PATTERNS]
    before = await full.statistics.memory()
    stored = await _fill(full, real, customers, progress, limit_s=limit_s)
    weight = await full.statistics.memory() - before
    found: dict[str, list[Run]] = {"empty": [], "full": []}
    for number in range(1, PAIRS + 1):
        progress(f"crowd: floods on both stores, {number} of {PAIRS}")
        pair = [("empty", empty), ("full", full)]
        for name, rig in pair if number % 2 else pair[::-1]:
            load = Load(name=f"{name}-{number}", count=messages, rate=FLOOD)
            found[name].append(await rig.run(load, writer))
    return Crowd(
        customers=stored,
        empty=found["empty"],
        full=found["full"],
        bytes_each=weight / max(stored, 1),
    )


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
            if stored % max(STEP, customers // 10) == 0:
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
