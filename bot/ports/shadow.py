"""What is counted while a model reads beside the live one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.model.shadow import Pair, ShadowRun, Tally


class ShadowTally(Protocol):
    """Counts of one run: another model, or another live one, begins anew."""

    async def tally(self, run: ShadowRun) -> Tally:
        """Return what was counted; an empty tally if the run has not begun."""
        ...

    async def add(
        self,
        run: ShadowRun,
        pairs: Mapping[Pair, int],
        *,
        cursors: Mapping[str, str],
        serial: int,
    ) -> bool:
        """Add counts, and how far in the events they reach, in one step.

        Returns:
            False if the tally has another serial number meanwhile: nothing was added.
        """
        ...
