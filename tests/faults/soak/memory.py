"""Memory over time: of the processes, and of the store by kinds of keys."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import linear_regression
from typing import TYPE_CHECKING

from bot.bench.processes import own_mb
from tests.faults.parts import Part

if TYPE_CHECKING:
    from redis.asyncio import Redis

# What the store keeps for good, and how many bytes of it one may take. A regular
# reaches the end of what is kept of a customer: 400 lines of transcript, 200 texts.
AT_MOST = {
    "new customer": 4_000,
    "regular customer": 250_000,
    "case": 1_500,
    "event": 300,
    "review": 4_000,  # one message for the trainers; the policy says how many at most
}
REST = 100_000  # bytes of everything else, which must not grow with messages
OF_CASES = frozenset({"case", "timers", "active"})
OF_REVIEWS = frozenset({"review", "reviews"})
QUEUES = frozenset({"mailbox", "queue", "outbox", "ready", "leased"})
_KEY = re.compile(r"\{[^}]*\}([^:]+)(?::(.*))?")
PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Sample:
    at_s: float
    pid: int
    mb: float


@dataclass(frozen=True, slots=True)
class Slope:
    """How a process's own memory went: a line through its samples."""

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
                mb = own_mb(part.process.pid)
            except ProcessLookupError:
                continue  # killed a moment ago
            self._samples[number].append(Sample(at_s, part.process.pid, mb))

    def slopes(self, since_s: float, *, warm_s: float) -> list[Slope]:
        """Return the lines since then, for one of each role, which has lived since
        `warm_s`: of a pair the first, which is never killed."""
        found = []
        for number, part in enumerate(self._parts):
            if part.role in {earlier.role for earlier in self._parts[:number]}:
                continue
            warm = [s for s in self._samples[number] if s.at_s >= warm_s]
            if len({sample.pid for sample in warm}) != 1:
                continue
            late = [sample for sample in warm if sample.at_s >= since_s]
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


def unexplained(kinds: Mapping[str, Kind], *, events: int) -> list[str]:
    """Return what the store holds more of than it should, when all is quiet."""
    sums: dict[str, int] = defaultdict(int)
    for name, kind in kinds.items():
        sums[_what_keeps(name)] += kind.bytes
    counts = {
        "new customer": kinds["customer of new customers"].keys,
        "regular customer": kinds["customer of regular customers"].keys,
        "case": kinds["case"].keys,
        "event": events,
        "review": kinds["review"].keys if "review" in kinds else 0,
    }
    found = [
        f"{sums[what] / count:,.0f} bytes for each {what}"
        for what, count in counts.items()
        if sums[what] > AT_MOST[what] * count
    ]
    if sums["rest"] > REST:
        rest = [name for name in kinds if _what_keeps(name) == "rest"]
        most = sorted(rest, key=lambda name: -kinds[name].bytes)[:4]
        named = ", ".join(f"{name} {kinds[name].bytes:,}" for name in most)
        found.append(f"{sums['rest']:,} bytes of everything else: {named}")
    left = sorted(name for name in kinds if name.split(" ")[0] in QUEUES)
    return found + [f"something in {name}" for name in left]


def _what_keeps(kind: str) -> str:
    """Return what the keys of a kind belong to."""
    if kind.endswith(" customers"):
        return "new customer" if " new " in kind else "regular customer"
    if kind == "tokens":  # one number for each customer
        return "new customer"
    if kind == "events":
        return "event"
    if kind in OF_REVIEWS:
        return "review"
    return "case" if kind in OF_CASES else "rest"


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
