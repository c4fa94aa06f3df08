"""What the network charges us, counted where all processes see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.model.message import ChannelName


@dataclass(frozen=True, slots=True)
class Spent:
    """Millionths of a US dollar by item, today and this month, both in UTC."""

    today: Mapping[str, int] = field(default_factory=dict)
    month: Mapping[str, int] = field(default_factory=dict)

    @property
    def today_micros(self) -> int:
        return sum(self.today.values())

    @property
    def month_micros(self) -> int:
        return sum(self.month.values())


class Spending(Protocol):
    """Adds up what calls cost. An item is a name of the policy's price table."""

    async def spend(
        self,
        channel: ChannelName,
        item: str,
        *,
        units: int,
        micros: int,
        now: datetime,
    ) -> None:
        """Add a cost; `micros` are millionths of a US dollar for all `units`.

        Raises:
            StoreUnavailable: it may or may not be counted.
        """
        ...

    async def spent(self, channel: ChannelName, *, now: datetime) -> Spent:
        """Return what was spent in the day and in the month of `now`."""
        ...
