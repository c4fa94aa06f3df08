"""What the bench must come to, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass

from bot.bench.aging import Aging
from bot.bench.course import Course
from bot.bench.crowd import Crowd
from bot.bench.rig import QUIET_MS
from bot.bench.stock import Stock

# Stock Rasa's throughput: the encoder reads better, and costs the time for it.
TIMES_LEXICAL, TIMES = 30, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One target beside what was measured."""

    what: str
    target: str
    measured: str
    met: bool


def checks_of(
    course: Course,
    aging: Aging,
    crowd: Crowd | None,
    stock: Stock | None,
    *,
    profile: str,
) -> list[Check]:
    """Return the targets that were measured, of a model with this `profile`."""
    least = TIMES_LEXICAL if profile == "lexical" else TIMES
    against = [] if stock is None else [_against(course, stock, least)]
    filled = [] if crowd is None else [_filled(crowd)]
    return [*against, *_of_every_bench(course), _of(aging), *filled]


def _filled(crowd: Crowd) -> Check:
    return Check(
        what=f"throughput with {crowd.customers:,} stored customers, against none",
        target="≥ 0.9",
        measured=f"{crowd.ratio:.2f} ({min(crowd.ratios):.2f} to "
        f"{max(crowd.ratios):.2f}; CPU {crowd.cpu_ratio:.2f}); "
        f"{crowd.bytes_each:,.0f} bytes a customer",
        met=crowd.ratio >= 0.9,
    )


def _of(aging: Aging) -> Check:
    return Check(
        what=f"a customer's {aging.messages:,}. message against the 1st, CPU",
        target="≤ 1.5 times",
        measured=f"{aging.ratio:.2f} times ({aging.first_ms:.2f} ms for the 1st)",
        met=aging.ratio <= 1.5,
    )


def _against(course: Course, stock: Stock, least: int) -> Check:
    times = course.flood.throughput / stock.best.throughput
    return Check(
        what="throughput against stock Rasa, same messages, same run",
        target=f"≥ {least} times",
        measured=f"{times:.1f} times",
        met=times >= least,
    )


def _of_every_bench(course: Course) -> list[Check]:
    durable = course.flood.throughput / course.flood_everysec.throughput
    p99 = course.at_a_tenth.latency.p99 - QUIET_MS
    return [
        Check(
            what="throughput with fsync always against every second",
            target="≥ 0.8",
            measured=f"{durable:.2f}",
            met=durable >= 0.8,
        ),
        Check(
            what="p99 arrival → sent at a tenth of the highest rate",
            target="≤ 100 ms and the quiet time",
            measured=f"{p99:.0f} ms and {QUIET_MS} ms",
            met=p99 <= 100,
        ),
        Check(
            what="start to ready",
            target="≤ 5 s",
            measured=f"{course.ready_s:.1f} s",
            met=course.ready_s <= 5,
        ),
        *([] if "worker 2" in course.memory_mb else [_of_memory(course)]),
    ]


def _of_memory(course: Course) -> Check:
    memory = sum(mb for who, mb in course.memory_mb.items() if who not in FOREIGN)
    return Check(
        what="memory, one worker, summed PSS",
        target="≤ 500 MB",
        measured=f"{memory:.0f} MB",
        met=memory <= 500,
    )


FOREIGN = frozenset({"network and load"})  # not part of the program
