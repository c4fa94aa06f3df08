"""A process of the program, as the others see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What a running process tells about itself, again and again.

    `outages` name the loops that wait for something, with its cause. `policy` is the
    version in force, `policy_refused` that of a newer file with mistakes, or "". `model`
    is what it reads with; `model_refused` is a live model that it cannot use, with why.
    """

    id: str  # unique for as long as anybody remembers it
    roles: tuple[str, ...]
    pid: int
    host: str
    since: datetime
    loop_delay_ms: float = 0.0  # the event loop's worst delay since the last beat
    outages: tuple[str, ...] = ()
    policy: str = ""
    policy_refused: str = ""
    model: str = ""
    model_refused: str = ""
