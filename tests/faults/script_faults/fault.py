"""A line of a script that is changed, and the test that must notice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Test = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """`old` becomes `new` in a script, and the test `shown_by` fails."""

    script: str
    old: str
    shown_by: Test
    new: str = ""

    def __str__(self) -> str:
        return f"{self.script}: {self.shown_by.__name__}"
