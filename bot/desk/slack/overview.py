"""What there is to do and how things stand, as Home and the commands show it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.desk.slack.blocks import Health
from bot.model.case import Case, CaseStatus
from bot.model.figures import DayFigures, Queue
from bot.model.money import Money
from bot.model.quiet import Quiet
from bot.ports import CaseWork, Figures, QuietMode

LookAtHealth = Callable[[], Awaitable[Sequence[Health]]]
LookAtMoney = Callable[[datetime], Awaitable[Money | None]]

_KEPT_FOR: Final = timedelta(seconds=5)  # many look at the same time


class Overview:
    """Reads what is common to all who look."""

    def __init__(
        self,
        work: CaseWork,
        quiet: QuietMode,
        figures: Figures,
        health: LookAtHealth,
        money: LookAtMoney,
        *,
        clock: Clock,
    ) -> None:
        self._work, self._quiet, self._figures = work, quiet, figures
        self._look_at_health, self._look_at_money = health, money
        self._clock = clock
        self._cases: tuple[Case, ...] = ()
        self._read_at = clock.now() - 2 * _KEPT_FOR

    async def unclaimed(self) -> list[Case]:
        """Return the most pressing cases that nobody has."""
        return [one for one in await self._open() if _is_unclaimed(one)]

    async def queue(self) -> Queue:
        """Return how much work lies there now."""
        return await self._figures.queue()

    async def today(self) -> DayFigures:
        """Return what the day came to so far."""
        return await self._figures.today(self._clock.now())

    async def money(self) -> Money | None:
        """Return what the networks charge; None if none does."""
        return await self._look_at_money(self._clock.now())

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
