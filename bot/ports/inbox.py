"""Where messages arrive in the store, each once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.model.message import (
    ChannelName,
    Malformed,
    Message,
    MessageId,
    Notice,
    Rated,
)
from bot.model.rank import Rank, Waiting


class Inbox(Protocol):
    """Where messages arrive. All methods raise StoreUnavailable if Redis is gone."""

    async def accept(
        self,
        messages: Sequence[Message | Malformed],
        *,
        now: datetime,
        quiet: timedelta,
        at_most: timedelta,
        rank: Callable[[Message], Rank] = ...,
    ) -> int:
        """Store messages durably, each once; return how many were new.

        The customer becomes due `quiet` after their last message, but at most
        `at_most` after the first of the burst. `rank` says who goes first when there
        are more than can be read.
        """
        ...

    async def amend(self, notices: Sequence[Notice], *, now: datetime) -> int:
        """Carry out what authors did to their messages; return how many were new.

        Wherever a message is kept its text becomes the newest, or is gone. A notice
        may come more than once, late, and before its message; a deletion is final.
        """
        ...

    async def rate(self, ratings: Sequence[Rated], *, now: datetime) -> int:
        """Keep ratings with the cases that they are about; return how many were new."""
        ...

    async def pending(self) -> dict[Rank, int]:
        """Return how many messages have no outcome yet, for every rank."""
        ...

    async def waiting(self) -> dict[Rank, Waiting]:
        """Return the same, with the time since which the longest waiting is due."""
        ...

    async def cursor(self, channel: ChannelName) -> str | None:
        """Return how far the channel was read, None if never."""
        ...

    async def move_cursor(
        self, channel: ChannelName, cursor: str, *, passed: Collection[MessageId] = ()
    ) -> None:
        """Remember how far the channel was read; forget that `passed` were taken."""
        ...

    async def take(self, channel: ChannelName, messages: Sequence[MessageId]) -> None:
        """Remember that these were accepted although the cursor stands before them."""
        ...

    async def taken(
        self, channel: ChannelName, messages: Sequence[MessageId]
    ) -> set[MessageId]:
        """Return those of `messages` that were taken."""
        ...

    async def count_taken(self, channel: ChannelName) -> int:
        """Return how many are taken."""
        ...
