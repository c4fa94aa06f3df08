"""Which network a replay goes through: what the command line names."""

from __future__ import annotations

from enum import Enum


class Through(str, Enum):
    """Which network the recorded messages go through."""

    SIMULATOR = "simulator"
    X = "x"  # a local one

    @property
    def suffix(self) -> str:
        return "" if self is Through.SIMULATOR else f"-{self.value}"
