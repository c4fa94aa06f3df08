"""What an account has lately said in public, by fingerprints of the words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from bot.model.message import ChannelName


class Wordings(Protocol):
    """All processes of an account share one."""

    async def take(
        self,
        channel: ChannelName,
        words: str,
        *,
        key: str,
        apart: timedelta,
        now: datetime,
    ) -> timedelta:
        """Take words for the text `key`; zero if it may be sent now.

        Else another text took them less than `apart` ago, or others wait for them: the
        time until this text's turn is returned, which is kept for it. Taking them twice
        for one text is taking them once.
        """
        ...

    async def lately(self, channel: ChannelName, *, now: datetime) -> frozenset[str]:
        """Return what was taken in the last quarter of an hour."""
        ...
