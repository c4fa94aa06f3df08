"""What there is to do and how things stand, as Home and the commands show it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.desk.slack.blocks import Health, Queue
from bot.model.case import Case, CaseStatus
from bot.model.quiet import Quiet
from bot.ports import CaseWork, QuietMode

LookAtHealth = Callable[[], Awaitable[Sequence[Health]]]

_KEPT_FOR: Final = timedelta(seconds=5)  # many look at the same time


class Overview:
    """Reads what is common to all who look."""

    def __init__(
        self,
        work: CaseWork,
        quiet: QuietMode,
        health: LookAtHealth,
        *,
        clock: Clock,
    ) -> None:
        self._work, self._quiet, self._look_at_health = work, quiet, health
        self._clock = clock
        self._cases: tuple[Case, ...] = ()
        self._read_at = clock.now() - 2 * _KEPT_FOR

    async def unclaimed(self) -> list[Case]:
        """Return the most pressing cases that nobody has."""
        return [one for one in await self._open() if _is_unclaimed(one)]

    async def queue(self) -> Queue:
        """Return how much there is, of the most pressing cases."""
        cases = await self._open()
        unclaimed = [one for one in cases if _is_unclaimed(one)]
        status = [one.status for one in cases]
        return Queue(
            unclaimed=len(unclaimed),
            claimed=status.count(CaseStatus.CLAIMED),
            waiting=status.count(CaseStatus.WAITING),
            oldest_unclaimed=min((one.opened_at for one in unclaimed), default=None),
        )

    async def health(self) -> tuple[Health, ...]:
        return tuple(await self._look_at_health())

    async def pauses(self) -> tuple[Quiet, ...]:
        """Return what the bot is quiet about."""
        return tuple(await self._quiet.quiet())

    async def _open(self) -> tuple[Case, ...]:
        now = self._clock.now()
        if now - self._read_at > _KEPT_FOR:
            found = await self._work.open_cases()
            self._cases = tuple(view.case for view in found.views)
            self._read_at = now
        return self._cases


def _is_unclaimed(case: Case) -> bool:
    return case.status is CaseStatus.OPEN and case.snoozed_until is None
