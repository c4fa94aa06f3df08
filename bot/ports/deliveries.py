"""What a desk outside the program hands us, kept until it is dealt with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing that was handed to us: a click, a message in a thread, a command.

    `key` names it and all copies of it. What is in one `lane` is dealt with one at a
    time, in the order in which it came. `body` may hold what people wrote; it is
    dropped when the delivery is finished. `tries` counts how often it was begun.
    """

    key: str
    lane: str
    body: Mapping[str, object]
    taken_at: datetime
    tries: int
    token: int  # of the lease; only the newest holder can end it


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery at the door.

    `lease` is the delivery itself, to be dealt with at once by who took it; None if
    it is a copy, or if something earlier of its lane is in hand.
    """

    new: bool
    lease: Delivery | None = None


class Deliveries(Protocol):
    """Stored first, dealt with afterwards, each once.

    Every method raises StoreUnavailable if the store is gone.
    """

    async def take(
        self,
        key: str,
        *,
        lane: str,
        body: Mapping[str, object],
        now: datetime,
        length: timedelta,
    ) -> Taken:
        """Store it durably unless a copy was ever taken; lease it if its turn is now."""
        ...

    async def lease(
        self, *, now: datetime, length: timedelta, limit: int
    ) -> list[Delivery]:
        """Take the first of up to `limit` lanes: due, or left by a process that died."""
        ...

    async def finish(self, delivery: Delivery, *, now: datetime) -> bool:
        """Drop what is dealt with; its key stays known. False if the lease was lost."""
        ...

    async def put_off(self, delivery: Delivery, *, due: datetime) -> bool:
        """Give a lease back; its lane is due again at `due`."""
        ...

    async def waiting(self) -> int:
        """Return how many are not dealt with."""
        ...
