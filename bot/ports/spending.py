"""What networks charge us, counted where all processes see it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.model.message import ChannelName
from bot.model.spending import Spent


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
        """Add what a call cost that the network took.

        Args:
            channel: whose account pays.
            item: what was bought.
            units: how many of it, none included.
            micros: what they cost together, in millionths of a US dollar.
            now: when; the day and the month are those of UTC.

        Raises:
            StoreUnavailable: it may or may not be counted.
        """
        ...

    async def pay_read(
        self,
        channel: ChannelName,
        item: str,
        ids: Collection[str],
        *,
        micros: int,
        now: datetime,
    ) -> int:
        """Add `micros` for each of `ids` that nobody has paid for today, in UTC.

        Returns for how many.

        Raises:
            StoreUnavailable: it may or may not be counted.
        """
        ...

    async def run_out(self, channel: ChannelName, *, now: datetime) -> None:
        """Note that the network takes no call for want of credit.

        Any `spend` ends it: a call that bought nothing, too, was taken.
        """
        ...

    async def spent(self, channel: ChannelName, *, now: datetime) -> Spent:
        """Return what was spent in the day and in the month of `now`."""
        ...
