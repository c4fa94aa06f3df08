"""A million stored customers: does the store get slower, and what does one weigh?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.bench.channel import NAME
from bot.bench.course import FLOOD, Size
from bot.bench.figures import Run
from bot.bench.load import Load
from bot.bench.rig import Rig
from bot.bench.texts import Writer
from bot.model.message import CustomerId
from bot.store.population import Population

CUSTOMERS = 1_000_000
PATTERNS = 50  # real customers, of whom the others are copies
STEP = 50_000  # customers between two lines of progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The same flood on an empty store and on a full one."""

    customers: int
    empty: Run
    full: Run
    bytes_each: float

    @property
    def ratio(self) -> float:
        return self.full.throughput / self.empty.throughput


async def measure_crowd(
    rig: Rig,
    writer: Writer,
    size: Size,
    progress: Callable[[str], None],
    *,
    customers: int = CUSTOMERS,
) -> Crowd:
    """Flood `rig`, fill its store with `customers`, and flood it again."""
    progress("crowd: the flood before it")
    empty = await rig.run(Load(name="empty", count=size.flood, rate=FLOOD), writer)
    # those who wrote once, as most do
    real = [
        CustomerId(f"{NAME}:{reply.account}")
        for reply in empty.verdict.replies.values()
        if not reply.account.startswith("regular")
    ][:PATTERNS]
    before = await rig.statistics.memory()
    await _fill(rig, real, customers, progress)
    weight = await rig.statistics.memory() - before
    progress("crowd: the flood on top of it")
    full = await rig.run(Load(name="full", count=size.flood, rate=FLOOD), writer)
    return Crowd(
        customers=customers,
        empty=empty,
        full=full,
        bytes_each=weight / customers,
    )


async def _fill(
    rig: Rig,
    real: list[CustomerId],
    customers: int,
    progress: Callable[[str], None],
) -> None:
    population = Population(rig.address)
    try:
        patterns = await population.patterns(real)
        await rig.statistics.set_fsync("everysec")
        for start in range(0, customers, STEP):
            progress(f"crowd: {start:,} of {customers:,} customers stored")
            end = min(start + STEP, customers)
            ids = [CustomerId(f"{NAME}:stored{number}") for number in range(start, end)]
            await population.copy(patterns, ids)
        await rig.statistics.set_fsync("always")
    finally:
        await population.close()
