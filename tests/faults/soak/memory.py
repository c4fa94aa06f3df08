"""Memory over time: of the processes, and of the store by kinds of keys."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import linear_regression
from typing import TYPE_CHECKING

from bot.bench.processes import pss_mb
from tests.faults.parts import Part

if TYPE_CHECKING:
    from redis.asyncio import Redis

_KEY = re.compile(r"\{[^}]*\}([^:]+)(?::(.*))?")
PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Sample:
    at_s: float
    pid: int
    mb: float


@dataclass(frozen=True, slots=True)
class Slope:
    """How a process's memory went: a line through its samples."""

    role: str
    first_mb: float
    last_mb: float
    mb_a_minute: float


class Scale:
    """Weighs the processes again and again."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._samples: dict[int, list[Sample]] = defaultdict(list)

    def weigh(self, at_s: float) -> None:
        for number, part in enumerate(self._parts):
            try:
                mb = pss_mb(part.process.pid)
            except ProcessLookupError:
                continue  # killed a moment ago
            self._samples[number].append(Sample(at_s, part.process.pid, mb))

    def slopes(self, since_s: float) -> list[Slope]:
        """Return the lines since then of those that lived all the time."""
        found = []
        for number, part in enumerate(self._parts):
            late = [s for s in self._samples[number] if s.at_s >= since_s]
            if len({sample.pid for sample in late}) != 1 or len(late) < 3:
                continue
            line = linear_regression([s.at_s for s in late], [s.mb for s in late])
            slope = Slope(part.role, late[0].mb, late[-1].mb, line.slope * 60)
            found.append(slope)
        return found


@dataclass(slots=True)
class Kind:
    """All keys of one kind."""

    keys: int = 0
    bytes: int = 0
    owners: set[str] = field(default_factory=set)

    @property
    def each(self) -> float:
        """Bytes for each owner."""
        return self.bytes / max(1, len(self.owners))


async def weigh_store(redis: Redis[str]) -> dict[str, Kind]:
    """Return the store's keys by kind; those of customers by what kind of customer."""
    kinds: dict[str, Kind] = defaultdict(Kind)
    page: list[str] = []
    async for key in redis.scan_iter(count=PAGE):
        page.append(key)
        if len(page) == PAGE:
            await _weigh(redis, page, kinds)
            page = []
    await _weigh(redis, page, kinds)
    return dict(kinds)


async def _weigh(redis: Redis[str], page: list[str], kinds: dict[str, Kind]) -> None:
    async with redis.pipeline(transaction=False) as pipe:
        for key in page:
            pipe.memory_usage(key)
        sizes = await pipe.execute()
    for key, size in zip(page, sizes, strict=True):
        name, owner = _kind_of(key)
        kind = kinds[name]
        kind.keys, kind.bytes = kind.keys + 1, kind.bytes + int(size or 0)
        kind.owners.add(owner)


def _kind_of(key: str) -> tuple[str, str]:
    match = _KEY.fullmatch(key)
    if match is None:
        return "strange", key
    name, rest = match[1], match[2] or ""
    for who in ("new", "regular"):
        if rest.startswith(f"simulator:{who}"):
            return f"{name} of {who} customers", rest
    return name, rest
