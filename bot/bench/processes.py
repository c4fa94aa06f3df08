"""What processes cost: CPU time and memory, as Linux counts them in /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU time since the process began, and memory at the moment.

    `pss_mb` is the proportional set size: pages that several processes share count
    once in the sum over them.
    """

    cpu_s: float
    pss_mb: float


def cost_of(pid: int) -> Cost:
    """Return what the process `pid` costs, its threads included.

    Raises:
        ProcessLookupError: there is no such process, or it is another user's.
    """
    return Cost(cpu_s(pid), pss_mb(pid))


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of user and kernel that `pid` has used."""
    # the command's name stands in brackets and may hold blanks and brackets itself
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def pss_mb(pid: int) -> float:
    """Return the proportional set size of `pid` in MB (10^6 bytes)."""
    return _memory_mb(pid, "Pss")


def own_mb(pid: int) -> float:
    """Return what `pid` has written itself, in MB: what a leak would fill.

    Unlike the proportional set size it does not change when another process begins or
    ends to use the same libraries.
    """
    return _memory_mb(pid, "Anonymous") + _memory_mb(pid, "Swap")


def _memory_mb(pid: int, kind: str) -> float:
    for line in _read(pid, "smaps_rollup").splitlines():
        name, _, value = line.partition(":")
        if name == kind:
            return int(value.split()[0]) * 1024 / 1e6
    return 0.0


def family_of(pid: int) -> list[int]:
    """Return `pid` and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            parent = _parent_of(int(entry.name))
            children.setdefault(parent, []).append(int(entry.name))
    found, open_ = [], [pid]
    while open_:
        found.append(open_.pop())
        open_ += children.get(found[-1], [])
    return found


def _parent_of(pid: int) -> int:
    try:
        return int(_read(pid, "stat").rpartition(")")[2].split()[1])
    except ProcessLookupError:
        return 0


def _read(pid: int, name: str) -> str:
    try:
        return (PROC / str(pid) / name).read_text()
    except (OSError, ValueError) as error:
        raise ProcessLookupError(f"process {pid} cannot be looked at") from error
