"""The course of a bench: which loads, in which order, and what they came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.bench.figures import Run
from bot.bench.load import Load
from bot.bench.rig import Rig
from bot.bench.texts import Writer

FLOOD = 20_000.0  # messages a second: more than can be dealt with
DIALOGUE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How long a bench is."""

    warm_up: int = 500  # messages before anything is measured
    flood: int = 10_000  # messages that come at once, for the highest rate
    level_s: float = 8.0  # length of each level
    level_most: int = 8_000  # messages of a level
    aging: int = 1_000  # messages of one customer
    aging_edge: int = 40  # of these, so many rounds are measured at either end
    levels: Sequence[float] = (0.1, 0.25, 0.5, 0.75, 0.9)  # of the highest rate


FULL = Size()
QUICK = Size(
    warm_up=40,
    flood=120,
    level_s=1.0,
    level_most=40,
    aging=120,
    aging_edge=10,
    levels=(0.1, 0.5, 0.9),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Everything that was measured on one rig."""

    flood: Run  # fsync with every write
    flood_everysec: Run
    dialogues: Run  # 5 % dialogue turns
    levels: Sequence[Run]
    memory_mb: Mapping[str, float]
    ready_s: float

    @property
    def runs(self) -> list[Run]:
        return [self.flood, self.flood_everysec, self.dialogues, *self.levels]

    @property
    def right(self) -> bool:
        """Whether the network's ledger agrees with the outcomes of every run."""
        return all(run.right for run in self.runs)

    @property
    def at_a_tenth(self) -> Run:
        return self.levels[0]


async def run_course(
    rig: Rig, writer: Writer, size: Size, progress: Callable[[str], None]
) -> Course:
    """Run every load on `rig`; `progress` is called with a line before each."""

    async def run(load: Load) -> Run:
        progress(f"{load.name}: {load.count:,} messages at {load.rate:,.0f}/s")
        return await rig.run(load, writer)

    await run(Load(name="warm-up", count=size.warm_up, rate=FLOOD))
    flood = await run(Load(name="flood", count=size.flood, rate=FLOOD))
    dialogues = await run(
        Load(name="dialogues", count=size.flood, rate=FLOOD, dialogue=DIALOGUE)
    )
    await rig.statistics.set_fsync("everysec")
    everysec = await run(Load(name="everysec", count=size.flood, rate=FLOOD))
    await rig.statistics.set_fsync("always")
    levels = [await run(_level(share, flood, size)) for share in size.levels]
    return Course(
        flood=flood,
        flood_everysec=everysec,
        dialogues=dialogues,
        levels=levels,
        memory_mb=rig.memory_mb(),
        ready_s=rig.ready_s,
    )


def _level(share: float, flood: Run, size: Size) -> Load:
    rate = share * flood.throughput
    count = max(20, min(size.level_most, int(rate * size.level_s)))
    return Load(name=f"level-{share:.0%}".replace("%", ""), count=count, rate=rate)
